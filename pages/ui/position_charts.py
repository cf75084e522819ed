"""The pictures of a table of positions, made once for each table and not at every key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from pages.ui.take_away import camera

if TYPE_CHECKING:
    import plotly.graph_objects as go


def position_chart(
    picture: str,
    table: np.ndarray,
    whose: str,
    dims: tuple[int, ...] = (),
    sinusoidal: bool = True,
) -> None:
    """Draw "heat_map", "waves" of `dims`, or "distances" of a table (positions, D).

    whose names the table: the same name and sizes, the same picture.
    """
    figure = _figure(picture, whose, table.shape, dims, sinusoidal, table)
    config = camera(f"positions-{picture.replace('_', '-')}")
    own = figure.layout.width
    with st.container(key=f"dawn-scroll-{picture}"):
        st.plotly_chart(
            figure,
            theme=None,
            key=f"positions-{picture}",
            config=config,
            width="stretch" if own is None else int(own),
        )


@st.cache_resource(max_entries=32, show_spinner=False)
def _figure(
    picture: str,
    whose: str,
    shape: tuple[int, ...],
    dims: tuple[int, ...],
    sinusoidal: bool,
    _table: np.ndarray,
) -> go.Figure:
    from pages.figures import positions as figures  # plotly comes after the first paint

    if picture == "waves":
        return figures.waves(_table, dims, sinusoidal)
    return {"heat_map": figures.heat_map, "distances": figures.distances}[picture](_table)
