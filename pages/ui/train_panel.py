"""Train one here: a tokenizer on a shipped text or one's own, and what its size is good for."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui import vocabulary_jobs as jobs
from pages.ui.catalogue import ModelInfo
from pages.ui.kept import Kept, one_of, whole
from pages.ui.layout import notice
from pages.ui.prose import prose
from pages.ui.state import Look
from pages.ui.trained_view import KINDS, trained_view
from trainer.corpora import SHIPPED, DataError
from trainer.plain_text import lines_in
from transformer.config import ConfigError

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from trainer.vocabularies import VocabularySpec

OWN = "own"
_FILE = "train.file"
MOST = 999_999_999  # pieces that can be asked for


def train_panel(look: Look, info: ModelInfo) -> None:
    """The form, the training under way, and what came of it."""
    text, kept = prose("tokens-train"), Kept("tokens")
    st.markdown(text["lead"])
    kind = st.segmented_control(
        text["kind"],
        list(KINDS),
        format_func=KINDS.__getitem__,
        required=True,
        **kept.bound("kind", "bpe", one_of(KINDS)),
    )
    st.caption(text[f"kind {kind}"])
    spec, called = None, ""
    try:
        spec, called = _asked(str(kind), kept, text)
    except (ConfigError, DataError) as error:
        notice(str(error), "warning")
    except OSError as error:
        notice(f"The text cannot be kept ({error.strerror}): free some space.", "error")
    if spec is None:
        return
    if jobs.progress(spec) is not None:
        st.fragment(_follow, run_every="1s")(spec, text)
        return
    found = jobs.result(spec)
    if found is None:
        _offer(spec, text)
        return
    trained_view(look, info, spec, found, called, text)


def _asked(kind: str, kept: Kept, text: Mapping[str, str]) -> tuple[VocabularySpec | None, str]:
    """What the form asks for, and what the text is called; None while a file is missing."""
    from trainer.vocabularies import VocabularySpec

    left, right = st.columns(2, gap="medium")
    with left:
        names: dict[str, str] = {**{name: name for name in SHIPPED}, OWN: text["own"]}
        bound = kept.bound("text", list(SHIPPED)[1], one_of(names))
        chosen = str(
            st.selectbox(
                text["text"],
                list(names),
                format_func=names.__getitem__,
                **bound,
            )
        )
    with right:
        bound = kept.bound("size", 4000, whole(0, MOST))
        asked = st.number_input(
            text["size"],
            min_value=0,
            max_value=MOST,
            step=500,
            format="%d",
            help=text["size help"],
            **bound,
        )
    kept.tell()
    called = chosen
    if chosen == OWN:
        found = _own_text(kept, text)
        if found is None:
            return None, ""
        chosen, called = str(found[0]), found[1]
    return VocabularySpec(kind, chosen, int(asked)), called


def _own_text(kept: Kept, text: Mapping[str, str]) -> tuple[Path, str] | None:
    """The text that the address names by its sha256, else the one that was brought, and what it is
    called; None where there is none yet. Raises `DataError` and OSError."""
    name = kept.values.get("own", "")
    file = st.file_uploader(text["file"], key=_FILE, on_change=partial(_bring, kept))
    brought = _checked(file) if file is not None else None
    if file is not None and brought is not None and name in ("", brought.stem):
        return brought, file.name
    if not name:
        return None
    if (path := jobs.kept_text(name)) is None:
        raise DataError(text["gone"])
    return path, text["kept"].format(name=name[:8])


def _bring(kept: Kept) -> None:
    """A sound text that was brought goes into the address; what is wrong with another is told where
    it is drawn."""
    file, name = st.session_state[_FILE], None
    if file is not None:
        with suppress(DataError, OSError):
            name = _checked(file).stem
    kept.keep(own=(name, None))


def _checked(file: UploadedFile) -> Path:
    raw = file.getvalue()
    lines_in(file.name, raw)
    return jobs.keep_text(raw)


def _offer(spec: VocabularySpec, text: Mapping[str, str]) -> None:
    if failed := jobs.problem(spec):
        notice(failed, "warning")
    if st.button(text["train"], type="primary", icon=":material/content_cut:", key="train.start"):
        try:
            jobs.start(spec)
        except OSError as error:
            reason = error.strerror or str(error)
            notice(f"The tokenizer cannot be kept beside the runs ({reason}).", "error")
            return
        st.rerun()


def _follow(spec: VocabularySpec, text: Mapping[str, str]) -> None:
    found = jobs.progress(spec)
    if found is None:
        st.rerun()
        return
    words, share, seconds = found
    st.progress(min(1.0, share), text=f"{words} · {seconds:.0f} s")
    st.caption(text["leave"])
    if st.button(text["stop"], icon=":material/stop:", key="train.stop"):
        jobs.stop(spec)
        st.rerun()
