"""How far sinusoids are off in few bits, over the position."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from pages.ui.theme import ACCENT, MUTED, head_colour, plotly_template

LOWEST = 1e-9
DASHES = ("solid", "dot")


def precision(
    position: np.ndarray, errors: Mapping[str, Mapping[str, np.ndarray]], rounded: np.ndarray
) -> go.Figure:
    """position (N); errors[type][form] (N), the largest up to each position; a hue for each type, a
    dash for each form. rounded (N) is what rounding once at the end leaves, in the sun's colour."""
    figure = _empty()
    for number, (name, forms) in enumerate(errors.items()):
        hue = head_colour((1, 6, 3)[number % 3])
        for dash, (form, error) in zip(DASHES, forms.items(), strict=False):
            line = {"color": hue, "width": 2, "dash": dash}
            _curve(figure, position, error, f"{name}, {form}", line)
    once = {"color": ACCENT, "width": 2.5}
    _curve(figure, position, rounded, "float64, rounded once", once)
    return figure


def causes(position: np.ndarray, parts: Mapping[str, np.ndarray], whole: np.ndarray) -> go.Figure:
    """parts[step] (N): the error if that step alone were rounded; whole (N) if all are."""
    figure = _empty()
    _curve(figure, position, whole, "all of it", {"color": MUTED, "width": 4})
    for number, (name, error) in enumerate(parts.items(), 1):
        _curve(figure, position, error, name, {"color": head_colour(number), "width": 2})
    return figure


def _curve(
    figure: go.Figure,
    position: np.ndarray,
    error: np.ndarray,
    name: str,
    line: Mapping[str, object],
) -> None:
    """A curve on logarithmic axes, where an error of 0 has no place: there it is broken."""
    figure.add_scatter(
        x=position,
        y=np.where(error > 0, error, np.nan),
        mode="lines",
        name=name,
        line=dict(line),
        hovertemplate=f"{name}, up to position %{{x}}: %{{y:.2e}}<extra></extra>",
    )


def _empty() -> go.Figure:
    figure = go.Figure(layout={"template": plotly_template()})
    figure.update_layout(
        height=420,
        margin={"t": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "entrywidth": 158},
    )
    ticks = [1, 10, 100, 1_000, 10_000]
    figure.update_xaxes(
        type="log",
        title="up to position",
        tickvals=ticks,
        ticktext=[f"{place:,}" for place in ticks],
        range=[0, 4.02],
    )
    figure.update_yaxes(
        type="log",
        title="largest error",
        range=[np.log10(LOWEST), np.log10(4)],
        exponentformat="power",
        dtick=2,
    )
    return figure
