"""Arithmetic and axes: what a direction between words means to this model, and what it does not."""

from __future__ import annotations

import streamlit as st

from pages.ui.arithmetic_panel import arithmetic
from pages.ui.axis_panel import axis
from pages.ui.catalogue import ModelInfo
from pages.ui.kept import Kept
from pages.ui.prose import prose
from pages.ui.state import Look


def axes_panel(look: Look, info: ModelInfo) -> None:
    """Both halves."""
    text, kept = prose("embeddings-axes"), Kept("axes")
    st.markdown(text["lead"])
    arithmetic(look, info, kept, text)
    axis(look, info, kept, text)
