"""Dialogs that stay open, with what was typed in them, while runs begin and end behind them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Literal, ParamSpec

import streamlit as st

_OPEN = "dialog.open"
P = ParamSpec("P")


def dialog(
    title: str, width: Literal["small", "medium"] = "small"
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """`st.dialog` that is known to be open, until the page is drawn anew; as it is on closing."""

    def decorate(inside: Callable[P, None]) -> Callable[P, None]:
        shown = st.dialog(title, width=width, on_dismiss="rerun")(inside)

        @wraps(inside)
        def opened(*args: P.args, **kwargs: P.kwargs) -> None:
            st.session_state[_OPEN] = True
            shown(*args, **kwargs)

        return opened

    return decorate


def page_is_drawn() -> None:
    """Call it first on a page with dialogs: drawing a page closes whatever is open."""
    st.session_state.pop(_OPEN, None)


def draw_anew() -> None:
    """Draw the whole page anew for what has changed by itself; with a dialog open, that waits."""
    if not st.session_state.get(_OPEN, False):
        st.rerun()
