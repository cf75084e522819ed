"""Dawn's router: page settings, the pages by section, the shared frame, and the page itself."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager


def route() -> None:
    """One run of the app: the page that the address asks for, in the frame that all share."""
    # Not at the top: the caches that they define want a server that runs.
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
    # The menu is drawn by frame(): Streamlit's own would drop the look from the address at a click.
    current = st.navigation(sections, position="hidden")
    read_look()
    frame()
    current.run()
    warm_up()


def own_up(error: Exception) -> bool:
    """Say in one sentence that the code failed, in place of Streamlit's traceback; the terminal
    has that. True: it is said."""
    from pages.ui.layout import notice

    notice(
        "Dawn failed here, and that is not your fault: reload the page. What happened "
        f"({type(error).__name__}) is in the terminal in which Dawn runs.",
        "error",
    )
    return True


if __name__ == "__main__":
    route()
else:
    # `streamlit run` imports this file as its server starts. Because a folder is called pages/,
    # Streamlit would look there for the first address that is asked for, and say "Page not found";
    # st.navigation switches that off, but only once this file has run.
    PagesManager.uses_pages_directory = False
    app = st.App(__file__, on_script_error=own_up)
