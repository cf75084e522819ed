"""The vocabulary in three dimensions."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from pages.ui.theme import ACCENT, plotly_template

SPECIAL = ("special", "#8d6bd8")
KINDS = {
    "start": ("begins a word", "#6f87a8"),
    "inside": ("goes on inside a word", "#b08b5e"),
    "byte": ("single bytes", "#8a8296"),
    "special": SPECIAL,
    "unknown": SPECIAL,
}
"""What each kind of piece is called and its hue, as on the flat map."""
# Plotly draws what is opaque first, then the rest in the order of the traces, without depth: so no
# trace is quite opaque, and what is lit lies over the cloud.
NEARLY = 0.99
EYE = (1.1, 1.1, 0.7)  # from the middle of a cloud that fills its box


def cloud(
    points: np.ndarray,
    labels: Sequence[str],
    kinds: Sequence[str],
    own: Sequence[int],
    chosen: int,
    near: Sequence[int],
) -> go.Figure:
    """points (N, 3) with their labels and kinds, which are keys of `KINDS`; own, chosen and near
    are places among them."""
    figure = go.Figure(layout={"template": plotly_template()})
    lit = [n for n in dict.fromkeys((*own, chosen)) if n < len(points)]
    ringed = [n for n in near if n < len(points) and n not in lit]
    for name, colour in dict.fromkeys(KINDS.values()):
        of_kind = [n for n, kind in enumerate(kinds) if KINDS[kind][0] == name]
        if of_kind:
            marker = {"size": 2.2, "color": colour, "opacity": 0.3}
            figure.add_trace(_points(points, labels, of_kind, name, marker))
    hollow = {"size": 5, "color": ACCENT, "opacity": NEARLY, "symbol": "circle-open"}
    figure.add_trace(_points(points, labels, ringed, "nearest to the chosen one", hollow))
    full = {"size": 5.5, "color": ACCENT, "opacity": NEARLY}
    figure.add_trace(_points(points, labels, lit, "yours", full, mode="markers+text"))
    axis = {"visible": False, "showspikes": False}
    scene = {"xaxis": axis, "yaxis": axis, "zaxis": axis, "aspectmode": "data"}
    figure.update_layout(
        height=560,
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 0, "yanchor": "top", "itemsizing": "constant"},
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        scene={**scene, "camera": camera(points)},
        uirevision="cloud",
    )
    return figure


def camera(points: np.ndarray) -> dict[str, dict[str, float]]:
    """Looks at the middle of the inner half of points (N, 3), from so near that an island far out
    does not shrink the cloud: four times the inner half fills the view. All stay where they are.

    In plotly's units the middle of all points is 0, and the mean side of their box, by its volume,
    is 1.
    """
    low, high = points.min(0), points.max(0)
    inner, outer = np.quantile(points, (0.25, 0.75), axis=0)
    size = high - low
    if not (size > 0).all():
        return {"center": dict.fromkeys("xyz", 0.0), "eye": dict(zip("xyz", EYE, strict=True))}
    unit = float(np.exp(np.log(size).mean()))
    center = ((inner + outer) - (low + high)) / 2 / unit
    eye = center + np.array(EYE) * min(1.0, 4 * (outer - inner).max() / size.max())
    sides = {"center": center, "eye": eye}
    return {name: dict(zip("xyz", map(float, at), strict=True)) for name, at in sides.items()}


def _points(
    points: np.ndarray,
    labels: Sequence[str],
    chosen: Sequence[int],
    name: str,
    marker: dict[str, Any],
    mode: str = "markers",
) -> go.Scatter3d:
    x, y, z = points[np.array(chosen, int)].T
    return go.Scatter3d(
        x=x,
        y=y,
        z=z,
        name=name,
        text=[in_space(labels[n]) for n in chosen] if "text" in mode else None,
        hovertext=[html.escape(labels[n]) for n in chosen],
        mode=mode,
        opacity=NEARLY,
        marker={**marker, "line": {"width": 0}},
        textfont={"size": 13, "color": ACCENT},
        textposition="top center",
        hovertemplate="%{hovertext}<extra></extra>",
    )


def in_space(label: str) -> str:
    """A label for WebGL, where plotly resolves no entity but obeys `<b>`, `<i>`, `<sub>`, `<sup>`
    and `<br>`: a character without width behind each `<` makes it none of them."""
    return label.replace("<", "<\u200b")
