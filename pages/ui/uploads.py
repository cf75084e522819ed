"""A person's own training text: checked, then kept in DAWN_RUNS/data under its sha256."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.layout import escape_markdown, notice
from trainer.corpora import Corpus, DataError, load_corpus
from trainer.folder import RunError, runs_folder, unwritable

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

_UPLOADED, _CHECKED = "training.uploaded", "training.checked"
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Kept:
    """A sound text in DAWN_RUNS/data: how many pairs it has, and by reason what was left out."""

    path: Path
    pairs: int
    dropped: dict[str, int]


def uploaded() -> dict[str, str]:
    """This session's files: what the config calls them (their path), and what a person does."""
    known: dict[str, str] = st.session_state.setdefault(_UPLOADED, {})
    return known


def upload_box(text: Mapping[str, str], data_key: str) -> None:
    """A place for a file; a sound one becomes the training text chosen in `data_key`."""
    with st.popover("Use a file of your own", icon=":material/upload_file:", key="form.upload"):
        st.caption(text["upload"])
        file = st.file_uploader(
            "File", type=["tsv", "txt", "gz"], key="form.file", label_visibility="collapsed"
        )
        if file is None:
            return
        try:
            kept = _checked(file)
        except (DataError, RunError) as error:
            notice(str(error), "warning")
            return
        st.button(
            f"Train on its {kept.pairs:,} pairs",
            type="primary",
            on_click=_choose,
            args=(str(kept.path), f"{file.name} ({kept.pairs:,} pairs)", data_key),
        )
        if kept.dropped:
            reasons = ", ".join(f"{count:,} {why}" for why, count in kept.dropped.items())
            st.caption(escape_markdown(f"Lines left out: {reasons}."))


def _checked(file: UploadedFile) -> Kept:
    """`keep_upload` once for each file, sound or not: the page is drawn anew at every click."""
    known, found = st.session_state.get(_CHECKED, ("", None))
    if known != file.file_id or (isinstance(found, Kept) and not found.path.exists()):
        try:
            path, corpus = keep_upload(file.name, file.getvalue())
            found = Kept(path, len(corpus.pairs), corpus.dropped)
        except DataError as error:
            found = error
        st.session_state[_CHECKED] = (file.file_id, found)
    if isinstance(found, DataError):
        raise found
    kept: Kept = found
    return kept


def keep_upload(name: str, raw: bytes) -> tuple[Path, Corpus]:
    """Check the text and copy it to DAWN_RUNS/data; what is there already stays as it is.

    Raises DataError for a text that is no list of pairs, RunError where nothing can be written.
    """
    folder = runs_folder() / "data"
    ending = ".tsv.gz" if raw.startswith(_GZIP) else ".tsv"
    target = folder / f"{hashlib.sha256(raw).hexdigest()}{ending}"
    temporary = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=ending, delete=False) as copy:
            temporary = Path(copy.name)
            copy.write(raw)
        corpus = load_corpus(str(temporary))
        os.replace(temporary, target)
    except DataError as error:
        raise DataError(str(error).replace(str(temporary), f"“{name}”")) from error
    except OSError as error:
        raise unwritable(folder, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    return target, corpus


def _choose(path: str, title: str, data_key: str) -> None:
    uploaded()[path] = title
    st.session_state[data_key] = [path]
