"""The vocabulary in three dimensions."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from pages.ui.theme import ACCENT, plotly_template

QUIET = "#6f87a8"


def cloud(
    points: np.ndarray, labels: Sequence[str], own: Sequence[int], chosen: int, near: Sequence[int]
) -> go.Figure:
    """points (N, 3) with their labels; own, chosen and near are places among them."""
    names = np.array([html.escape(label) for label in labels], dtype=object)
    figure = go.Figure(layout={"template": plotly_template()})
    lit = [n for n in dict.fromkeys((*own, chosen)) if n < len(points)]
    ringed = [n for n in near if n < len(points) and n not in lit]
    figure.add_trace(_points(points, names, range(len(points)), "markers", QUIET, 2.2, 0.55))
    figure.add_trace(_points(points, names, ringed, "markers", ACCENT, 4, 0.55))
    figure.add_trace(_points(points, names, lit, "markers+text", ACCENT, 5.5, 1))
    axis = {"visible": False, "showspikes": False}
    camera = {"eye": {"x": 0.95, "y": 0.95, "z": 0.6}}
    figure.update_layout(
        height=560,
        showlegend=False,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        scene={"xaxis": axis, "yaxis": axis, "zaxis": axis, "aspectmode": "data", "camera": camera},
        uirevision="cloud",
    )
    return figure


def _points(
    points: np.ndarray,
    names: np.ndarray,
    chosen: Sequence[int],
    mode: str,
    colour: str,
    size: float,
    opacity: float,
) -> go.Scatter3d:
    place = np.array(list(chosen), int)
    x, y, z = points[place].T
    return go.Scatter3d(
        x=x,
        y=y,
        z=z,
        text=names[place],
        mode=mode,
        marker={"size": size, "color": colour, "opacity": opacity, "line": {"width": 0}},
        textfont={"size": 13, "color": ACCENT},
        textposition="top center",
        hovertemplate="%{text}<extra></extra>",
    )
