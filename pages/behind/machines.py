"""One sentence, three machines: encoder-only, decoder-only, encoder-decoder, side by side."""

from __future__ import annotations

import streamlit as st

from pages.ui.asked import chosen_machines, read_asked
from pages.ui.errors import plain_errors
from pages.ui.layout import page_header, prose, sentence_box
from pages.ui.machine_columns import read_all, text_pieces
from pages.ui.machine_heads import all_heads
from pages.ui.machine_numbers import figures
from pages.ui.machines import machine
from pages.ui.machines_view import machines_view
from pages.ui.subject import fitted_look

text = prose("machines")
look = fitted_look()
page_header(text["title"], text["lead"])
sentence_box(look)

chosen = chosen_machines(text)
with plain_errors():
    tokens = text_pieces(look, chosen)
asked = read_asked(tokens.labels)
columns = read_all(look, tokens, asked, chosen)
machines_view(look, tokens, asked, columns, text)

st.subheader(text["heads"], anchor=False)
all_heads(look, columns, text)

st.subheader(text["why"], anchor=False)
with plain_errors(stop=False):
    ships = machine("encoder"), machine("decoder")
    told = figures(*ships)
    if chosen != {one.architecture: one.key for one in ships}:
        st.caption(text["why-ships"])
    left, right = st.columns(2, gap="large")
    left.markdown(text["why-decoder"].format(**told))
    right.markdown(text["why-encoder"].format(**told))
