"""Step by step: one head on one piece, every number on the way, and the code that made them."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.components import mount
from pages.ui.models import Explained, load
from pages.ui.prose import prose
from pages.ui.state import Look
from pages.ui.walk_view import CELL, walk_blob

_ROOT = Path(__file__).resolve().parents[2]


def walk_panel(look: Look, info: ModelInfo, explained: Explained) -> None:
    """The walk through the head of the look, on the pass that `explained` traced."""
    from transformer.analysis.snippet import snippet
    from transformer.analysis.walk import walk

    text, model = prose("attention-walk"), load(info).model
    where = (look.kind, look.layer_index, look.head_index)
    found = walk(model, explained.tensors, explained.dims, *where)
    script = snippet(portable(info.folder), look.src, explained.tgt_ids, CELL)
    pieces = {"src": explained.src_pieces, "tgt": explained.tgt_pieces}
    provenance = f"{info.stand} · {look.kind} layer {look.layer}, head {look.head}"
    st.markdown(text["lead"])
    mount("walk")(data=walk_blob(found, pieces, text, script, provenance), key="attention.walk")
    with st.expander(text["code"]):
        _sources(look, info, text["legend"])


def portable(folder: Path) -> str:
    """The folder as a script in Dawn's own folder names it."""
    return str(folder.relative_to(_ROOT)) if folder.is_relative_to(_ROOT) else str(folder)


def _sources(look: Look, info: ModelInfo, legend: str) -> None:
    """The source of the functions that ran for this head, with the alphabet of shapes."""
    import transformer
    from transformer.analysis.sources import functions_of

    st.markdown(legend)
    st.code(dedent((transformer.__doc__ or "").split("\n\n")[2]), language=None)
    for title, source in functions_of(load(info).model, look.kind, look.layer_index):
        st.caption(f"`{title}`")
        st.code(source, language="python")
