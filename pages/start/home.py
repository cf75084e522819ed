"""Home: what this is, the sentence, and the path through the pages."""

from __future__ import annotations

import streamlit as st

from pages.ui.layout import page_header, prose, sentence_box
from pages.ui.navigation import STOPS, page_link
from pages.ui.state import read_look

text = prose("home")
look = read_look()
page_header(text["title"], text["lead"])
sentence_box(look)

path = [stop for stop in STOPS if stop.url]
if path:
    st.subheader(text["path"], anchor=False)
    with st.container(key="dawn-path"):
        for number, stop in enumerate(path, start=1):
            with st.container(key=f"dawn-stop-{number}", border=True, gap=None):
                page_link(stop)
                st.caption(stop.question)
