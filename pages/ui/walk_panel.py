"""Step by step: one head on one piece, every number on the way, and the code that made them."""

from __future__ import annotations

from textwrap import dedent

import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.components import mount
from pages.ui.models import load
from pages.ui.prose import prose
from pages.ui.results import Explained
from pages.ui.script import script_of
from pages.ui.state import Look
from pages.ui.subject import what
from pages.ui.walk_view import walk_blob


def walk_panel(look: Look, info: ModelInfo, explained: Explained) -> None:
    """The walk through the head of the look, on the pass that `explained` traced."""
    from transformer.analysis.walk import walk

    text, model = prose("attention-walk"), load(info).model
    where = (look.kind, look.layer_index, look.head_index)
    found = walk(model, explained.tensors, explained.dims, *where)
    script = script_of(info, look.src, explained.tgt_ids)
    pieces = {"src": explained.src_pieces, "tgt": explained.tgt_pieces}
    provenance = f"{what(info, look.src)} · {look.kind} layer {look.layer}, head {look.head}"
    st.markdown(text["lead"])
    mount("walk")(data=walk_blob(found, pieces, text, script, provenance), key="attention.walk")
    with st.expander(text["code"]):
        _sources(look, info, text["legend"])


def _sources(look: Look, info: ModelInfo, legend: str) -> None:
    """The source of the functions that ran for this head, with the alphabet of shapes."""
    import transformer
    from transformer.analysis.sources import functions_of

    st.markdown(legend)
    st.code(dedent((transformer.__doc__ or "").split("\n\n")[2]), language=None)
    for title, source in functions_of(load(info).model, look.kind, look.layer_index):
        st.caption(f"`{title}`")
        st.code(source, language="python")
