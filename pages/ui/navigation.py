"""The pages in the order of the guided path, and links between them that carry the look."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.errors import StreamlitAPIException

from pages.ui.components import mount
from pages.ui.state import current_query

_LINKS, _OWN = "navigation.links", "navigation.own"


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
    Stop(
        "The words",
        "pages/words/tokens.py",
        "tokens",
        "Tokens",
        "view_week",
        "Which pieces and integers does the sentence become?",
    ),
    Stop(
        "The words",
        "pages/words/embeddings.py",
        "embeddings",
        "Embeddings",
        "scatter_plot",
        "Where in the vocabulary do they lie, and beside whom?",
    ),
    Stop(
        "The words",
        "pages/words/positions.py",
        "positions",
        "Positions",
        "airwave",
        "How does the model know which word comes first?",
    ),
    Stop(
        "The model",
        "pages/model/attention.py",
        "attention",
        "Attention",
        "visibility",
        "Which words look at which, in every head?",
    ),
    Stop(
        "The model",
        "pages/model/translate.py",
        "translate",
        "Translate",
        "translate",
        "How is the translation written, piece by piece?",
    ),
    Stop(
        "The training",
        "pages/train/training.py",
        "training",
        "Training",
        "model_training",
        "How does it learn all this?",
    ),
    Stop(
        "Behind attention",
        "pages/behind/machines.py",
        "machines",
        "Three machines",
        "view_column",
        "What if it sees everything, or only what was before?",
    ),
    Stop(
        "Behind attention",
        "pages/behind/channels.py",
        "channels",
        "Channels",
        "account_tree",
        "Why several heads, and not one wide one?",
    ),
    Stop(
        "Behind attention",
        "pages/behind/vision.py",
        "vision",
        "Vision",
        "image_search",
        "What does attention read where there are no words?",
    ),
    Stop(
        "Behind attention",
        "pages/behind/gradcam.py",
        "gradcam",
        "Grad-CAM",
        "center_focus_strong",
        "Which pixels said tiger, and which words?",
    ),
]


def page_link(stop: Stop, label: str | None = None, **changes: str) -> None:
    """A link to a page that carries the look; the bare title where that page is not in the menu.

    `changes` replace parameters of the look: model="..." opens that model in the other page.
    """
    query, own = current_query(), st.session_state.get(_OWN, {}).get(stop.url, {})
    if "model" in changes:
        query = {name: value for name, value in query.items() if name not in ("step", "tgt")}
    try:
        st.page_link(
            stop.path,
            label=label or stop.title,
            icon=f":material/{stop.icon}:",
            query_params={**query, **own, **changes},
        )
    except StreamlitAPIException:  # a page run alone, without the router, has no pages to link to
        st.markdown(f":material/{stop.icon}: {label or stop.title}")


def keep_with(url: str, query: dict[str, str]) -> None:
    """Parameters beside the look that links to a page carry, such as the run shown there."""
    st.session_state[_OWN] = {**st.session_state.get(_OWN, {}), url: query}


def menu() -> None:
    """The links of the sidebar, by section; on a phone a click on one closes the sidebar."""
    st.session_state[_LINKS] = current_query()
    section = ""
    for stop in STOPS:
        if stop.section != section:
            section = stop.section
            with st.container(key=f"dawn-section-{section.lower()}"):
                st.caption(section)
        page_link(stop)
    mount("menu")(key="menu")


def refresh_links() -> None:
    """Rerun the whole app when a fragment changed the look, so that the menu's links carry it."""
    if st.session_state.get(_LINKS, current_query()) != current_query():
        st.rerun()
