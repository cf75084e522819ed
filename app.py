"""Dawn's router: page settings, the pages by section, the shared frame, and the page itself."""

from __future__ import annotations

import streamlit as st

from pages.ui.layout import frame
from pages.ui.navigation import STOPS
from pages.ui.state import read_look
from pages.ui.warmup import warm_up

st.set_page_config(
    page_title="Dawn",
    page_icon="assets/images/dawn.svg",
    layout="wide",
    initial_sidebar_state="auto",
)

sections: dict[str, list[st.Page]] = {}
for stop in STOPS:
    page = st.Page(
        stop.path,
        title=stop.title,
        icon=f":material/{stop.icon}:",
        url_path=stop.url or None,
        default=not stop.url,
    )
    sections.setdefault(stop.section, []).append(page)

# The menu is drawn by frame(): Streamlit's own would drop the look from the address at every click.
current = st.navigation(sections, position="hidden")
read_look()
frame()
current.run()
warm_up()
