"""Train one here: a tokenizer on a shipped text or one's own, and what its size is good for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui import vocabulary_jobs as jobs
from pages.ui.catalogue import ModelInfo
from pages.ui.layout import notice
from pages.ui.prose import prose
from pages.ui.state import Look
from pages.ui.trained_view import KINDS, trained_view
from trainer.corpora import SHIPPED, DataError
from trainer.plain_text import lines_in
from transformer.config import ConfigError

if TYPE_CHECKING:
    from trainer.vocabularies import VocabularySpec

OWN = "own"
_KIND, _TEXT, _SIZE, _FILE = "train.kind", "train.text", "train.size", "train.file"


def train_panel(look: Look, info: ModelInfo) -> None:
    """The form, the training under way, and what came of it."""
    text = prose("tokens-train")
    st.markdown(text["lead"])
    st.fragment(_panel)(look, info, text)


def _panel(look: Look, info: ModelInfo, text: Mapping[str, str]) -> None:
    kind = st.segmented_control(
        text["kind"],
        list(KINDS),
        default="bpe",
        format_func=KINDS.__getitem__,
        required=True,
        key=_KIND,
    )
    st.caption(text[f"kind {kind}"])
    spec, called = None, ""
    try:
        spec, called = _asked(str(kind), text)
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


def _asked(kind: str, text: Mapping[str, str]) -> tuple[VocabularySpec | None, str]:
    """What the form asks for, and what the text is called; None while a file is missing."""
    from trainer.vocabularies import VocabularySpec

    left, right = st.columns(2, gap="medium")
    with left:
        names: dict[str, str] = {**{name: name for name in SHIPPED}, OWN: text["own"]}
        chosen = st.selectbox(
            text["text"], list(names), index=1, format_func=names.__getitem__, key=_TEXT
        )
    with right:
        size = st.number_input(
            text["size"], value=4000, step=500, format="%d", key=_SIZE, help=text["size help"]
        )
    called = str(chosen)
    if chosen == OWN:
        file = st.file_uploader(text["file"], key=_FILE)
        if file is None:
            return None, ""
        raw = file.getvalue()
        lines_in(file.name, raw)
        chosen, called = str(jobs.keep_text(raw)), file.name
    return VocabularySpec(kind, str(chosen), int(size)), called


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
        st.rerun(scope="fragment")


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
