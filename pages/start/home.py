"""Home: what this is, the sentence with every head at once, and the path through the pages."""

from __future__ import annotations

import streamlit as st

from pages.ui.catalogue import find_model, list_models
from pages.ui.errors import plain_errors
from pages.ui.heads_view import Beside
from pages.ui.layout import page_header, prose, sentence_box
from pages.ui.navigation import STOPS, page_link
from pages.ui.roles import roles_of
from pages.ui.state import Look
from pages.ui.subject import ending, every_head, fitted_look, said, what
from transformer.analysis.example import load_example


def recorded(look: Look, text: dict[str, str]) -> bool:
    """Draw the look that the model's bundle brings along, if it is of this sentence: torch is not
    needed for it."""
    info = find_model(look.model)
    example = load_example(info.folder) if look.tgt is None else None
    if example is None or example.src != look.src:
        return False
    said(text["own"], example.translation)
    pieces = (example.src_pieces, example.tgt_pieces)
    stand = f"{what(info, look.src)} · {text['recorded']}"
    every_head(look, *pieces, example.attention, stand, Beside(roles=roles_of(info.folder)))
    return True


def live(look: Look, text: dict[str, str]) -> None:
    """Draw what the model makes of the sentence now."""
    from pages.ui.models import explain, translate

    info = find_model(look.model)
    own = translate(info, look.src)[0]
    said(text["own"], own.text, ending(own))
    explained = explain(info, look.src, look.tgt if look.tgt is not None else own.ids)
    pieces = (explained.src_pieces, explained.tgt_pieces)
    stand = f"{what(info, look.src)} · {text['live']}"
    beside = Beside(norms=explained.norms(), roles=roles_of(info.folder))
    every_head(look, *pieces, explained.attention(), stand, beside)


text = prose("home")
look = fitted_look()
page_header(text["title"], text["lead"])
sentence_box(look)
if list_models():
    with plain_errors(stop=False):
        if not recorded(look, text):
            live(look, text)

st.subheader(text["path"], anchor=False)
with st.container(key="dawn-path"):
    for number, stop in enumerate((stop for stop in STOPS if stop.url), start=1):
        with st.container(key=f"dawn-stop-{number}", border=True, gap=None):
            page_link(stop)
            st.caption(stop.question)
