"""The pages in the order of the guided path, and links between them that carry the look."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.errors import StreamlitAPIException

from pages.ui.state import current_query

_LINKS = "navigation.links"


@dataclass(frozen=True)
class Stop:
    """One page: its section, file, url path, title, Material icon, and the question it answers."""

    section: str
    path: str
    url: str
    title: str
    icon: str
    question: str


# One line a page; a page that is not yet worth showing is not in the list.
STOPS = [
    Stop("", "pages/start/home.py", "", "Home", "wb_twilight", "What is this?"),
]


def page_link(stop: Stop, label: str | None = None) -> None:
    """A link to a page that carries the look; the bare title where that page is not in the menu."""
    try:
        st.page_link(
            stop.path,
            label=label or stop.title,
            icon=f":material/{stop.icon}:",
            query_params=current_query(),
        )
    except StreamlitAPIException:  # a page run alone, without the router, has no pages to link to
        st.markdown(f":material/{stop.icon}: {label or stop.title}")


def menu() -> None:
    """The links of the sidebar, by section."""
    st.session_state[_LINKS] = current_query()
    section = ""
    for stop in STOPS:
        if stop.section != section:
            section = stop.section
            st.caption(section)
        page_link(stop)


def refresh_links() -> None:
    """Rerun the whole app when a fragment changed the look, so that the menu's links carry it."""
    if st.session_state.get(_LINKS, current_query()) != current_query():
        st.rerun()
