"""Which laboratory of a page is open: one at a time, and a part of the look."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui.state import Look, write_look


def panel_choice(look: Look, names: Mapping[str, str], label: str, key: str) -> str:
    """The panel that is open, "" for none; another press on it closes it.

    names maps each panel of the page, as the address calls it, to what it is called on the screen.
    One of another page is none of this one.
    """
    st.session_state[key] = look.panel if look.panel in names else None
    chosen = st.segmented_control(
        label,
        list(names),
        format_func=names.__getitem__,
        key=key,
        label_visibility="collapsed",
        on_change=lambda: write_look(panel=st.session_state[key] or ""),
    )
    return chosen or ""
