"""What a person takes away from a page: every number of its pass, in a file."""

from __future__ import annotations

import io
import json

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.models import Explained
from pages.ui.state import Look


def all_numbers(look: Look, info: ModelInfo, explained: Explained, label: str, help: str) -> None:
    """A button that saves every traced tensor; the file is made when it is pressed."""
    st.download_button(
        label,
        data=lambda: as_npz(look, info, explained),
        file_name=f"dawn-{info.key}-attention.npz",
        mime="application/zip",
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
        help=help,
        key="attention.numbers",
    )


def as_npz(look: Look, info: ModelInfo, explained: Explained) -> bytes:
    """The tensors by their names, and `about`, JSON: the model, both texts in pieces, all dims."""
    about = {
        "model": info.key,
        "stand": info.stand,
        "src": look.src,
        "src_pieces": explained.src_pieces,
        "tgt_pieces": explained.tgt_pieces,
        "edits": look.edits,
        "dims": explained.dims,
    }
    file = io.BytesIO()
    text = np.array(json.dumps(about, ensure_ascii=False))
    np.savez(file, about=text, **explained.tensors)  # type: ignore[arg-type]
    return file.getvalue()
