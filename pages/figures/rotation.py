"""One pair of dimensions as points on a circle, and the turn from one position to another."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from pages.ui.theme import ACCENT, MUTED, fade, head_colour, plotly_template

OWN = head_colour(1)
NAMED = 12  # positions with a number beside them
ARC = 0.32  # radius of the arc that shows the turn


def rotation(points: np.ndarray, position: int, shift: int, radians: float) -> go.Figure:
    """points (P, 2) are (sin, cos) of positions 0 .. P-1; the cosine runs to the right, the sine
    up. An arrow at `position`, one at `position + shift`, and the angle between them."""
    figure = go.Figure(layout={"template": plotly_template()})
    around = np.linspace(0, 2 * np.pi, 181)
    faint = {"color": fade(MUTED, 0.4), "width": 1}
    _line(figure, np.cos(around), np.sin(around), faint)
    figure.add_scatter(
        x=points[:, 1],
        y=points[:, 0],
        mode="markers+text",
        marker={"size": 7, "color": fade(MUTED, 0.75)},
        text=[str(place) if place < NAMED else "" for place in range(len(points))],
        textposition=[_outwards(sin, cos) for sin, cos in points],
        textfont={"size": 11, "color": MUTED},
        customdata=np.arange(len(points)),
        hovertemplate="position %{customdata}: sin %{y:.4f}, cos %{x:.4f}<extra></extra>",
    )
    start = float(np.arctan2(points[position, 0], points[position, 1]))
    arc = np.linspace(start, start + shift * radians, max(2, int(24 * abs(shift * radians)) + 2))
    _line(figure, ARC * np.cos(arc), ARC * np.sin(arc), {"color": ACCENT, "width": 2})
    _arrow(figure, points[position], OWN, f"PE({position})", side=-1)
    _arrow(figure, points[position + shift], ACCENT, f"PE({position + shift})", side=1)
    figure.update_layout(height=400, margin={"t": 8, "b": 8}, showlegend=False)
    limits = {"range": [-1.28, 1.28], "tickvals": [-1, 0, 1], "fixedrange": True}
    figure.update_xaxes(title="cosine, the odd dimension", constrain="domain", **limits)
    figure.update_yaxes(title="sine, the even dimension", scaleanchor="x", **limits)
    return figure


def _line(figure: go.Figure, x: np.ndarray, y: np.ndarray, line: dict[str, object]) -> None:
    figure.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip")


def _arrow(figure: go.Figure, tip: np.ndarray, colour: str, name: str, side: int) -> None:
    """From the middle to a point, its name beside it: on the side of the turn (1) or the other."""
    sin, cos = map(float, tip)
    figure.add_annotation(
        x=cos, y=sin, ax=0, ay=0, axref="x", ayref="y", text="", showarrow=True, arrowhead=2,
        arrowwidth=2.5, arrowcolor=colour,
    )  # fmt: skip
    beside = 0.17 * side
    figure.add_annotation(
        x=0.68 * cos - beside * sin, y=0.68 * sin + beside * cos, text=f"<b>{name}</b>",
        showarrow=False, font={"color": colour, "size": 13},
    )  # fmt: skip


def _outwards(sin: float, cos: float) -> str:
    """Where the number of a point stands, so that it is outside the circle."""
    up = "top" if sin > 0.38 else "bottom" if sin < -0.38 else "middle"
    across = "right" if cos > 0.38 else "left" if cos < -0.38 else "center"
    return f"{up} {across}" if (up, across) != ("middle", "center") else "top center"
