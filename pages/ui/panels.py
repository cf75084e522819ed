"""Which laboratory is open below the heads: one at a time, and a part of the look."""

from __future__ import annotations

import streamlit as st

from pages.ui.state import Look, write_look

NAMES = {"walk": "Step by step", "edit": "What if", "why": "Why this word"}
_PANEL = "attention.panel"


def panel_choice(look: Look, label: str) -> str:
    """The panel that is open, "" for none; another press on it closes it."""
    st.session_state[_PANEL] = look.panel or None
    chosen = st.segmented_control(
        label,
        list(NAMES),
        format_func=NAMES.__getitem__,
        key=_PANEL,
        label_visibility="collapsed",
        on_change=_open,
    )
    return chosen or ""


def _open() -> None:
    write_look(panel=st.session_state[_PANEL] or "")
