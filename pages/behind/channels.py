"""Channels become heads: grouped convolution, the same cut in a vector, and what it is worth."""

from __future__ import annotations

import streamlit as st

from pages.ui.catalogue import find_model
from pages.ui.errors import plain_errors
from pages.ui.gradcam_measured import gathering_table
from pages.ui.grouped_view import emoji, emoji_names, grouped_view
from pages.ui.head_pair import head_pair, pair
from pages.ui.kept import Kept, number_of, one_of
from pages.ui.layout import notice, page_header, prose, sentence_box
from pages.ui.subject import fitted_look
from pages.ui.widths_panel import widths_panel

OUTPUTS, KERNELS = (8, 16), (1, 3, 5)

text = prose("channels")
look = fitted_look()
page_header(text["title"], text["lead"])

st.subheader(text["groups"], anchor=False)
st.markdown(text["groups-lead"])
kept, names = Kept("channels"), emoji_names()
with st.container(horizontal=True):
    name = st.selectbox(
        text["picture"], names, **kept.bound("picture", "tiger", one_of(names)), width=220
    )
    outputs = st.segmented_control(
        text["outputs"], OUTPUTS, required=True, **kept.bound("outputs", 8, number_of(OUTPUTS))
    )
    kernel = st.segmented_control(
        text["kernel"],
        KERNELS,
        required=True,
        format_func=lambda side: f"{side} × {side}",
        **kept.bound("kernel", 3, number_of(KERNELS)),
    )
kept.tell()
grouped_view(name, emoji(name), outputs, kernel)
st.caption(text["groups-cost"])

st.subheader(text["gathering"], anchor=False)
gathering_table(text)

st.subheader(text["width"], anchor=False)
sentence_box(look)
with plain_errors(stop=False):
    widths_panel(look, find_model(look.model), text)

st.subheader(text["trained"], anchor=False)
if infos := pair():
    head_pair(look, infos, text)
else:
    notice(text["absent"])
