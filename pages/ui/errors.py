"""What can go wrong with a model or a text, as a sentence on the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import streamlit as st

from pages.ui.catalogue import LookError, NothingTyped


@contextmanager
def plain_errors(stop: bool = True) -> Iterator[None]:
    """Turn what can go wrong with a model or a text into a sentence, and `stop` the page there."""
    try:
        yield
    except ValueError as error:
        if not is_plain(error):
            raise
        from pages.ui.layout import notice

        notice(str(error), tone(error))
        if stop:
            st.stop()


def tone(error: ValueError) -> Literal["info", "warning"]:
    """How to tell of it: where nothing was typed yet, nothing is wrong."""
    return "info" if isinstance(error, NothingTyped) else "warning"


def is_plain(error: ValueError) -> bool:
    """Whether the message is one for a person. torch comes in only where it is there already."""
    if isinstance(error, LookError):
        return True
    from transformer.bundle import BundleError

    return isinstance(error, BundleError)
