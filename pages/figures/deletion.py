"""Deletion curves: the probability of a piece while ever more of the input is hidden."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from pages.ui.theme import MUTED, fade, head_colour, plotly_template


def deletion(
    hidden: Sequence[int],
    curves: np.ndarray,
    names: Sequence[str],
    chance: np.ndarray,
    best: Sequence[int],
) -> go.Figure:
    """curves (M, K + 1) of `names` at `hidden` pieces, the best ones thicker, over the mean and the
    range of chance (N, K + 1)."""
    figure = go.Figure(layout={"template": plotly_template()})
    band = np.concatenate([chance.max(0), chance.min(0)[::-1]])
    figure.add_scatter(
        x=[*hidden, *reversed(hidden)],
        y=band,
        fill="toself",
        fillcolor=fade(MUTED, 0.1),
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )
    dashed = {"color": MUTED, "width": 1.5, "dash": "dot"}
    figure.add_scatter(x=hidden, y=chance.mean(0), line=dashed, **_shown("chance"))
    for number, (name, curve) in enumerate(zip(names, curves, strict=True)):
        line = {"color": head_colour(number + 1), "width": 3.5 if number in best else 1.5}
        figure.add_scatter(x=hidden, y=curve, line=line, **_shown(name))
    figure.update_layout(
        height=340,
        margin={"t": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "entrywidth": 118},
    )
    figure.update_xaxes(
        title="pieces hidden, in the order of the method",
        range=[-0.02 * hidden[-1], 1.02 * hidden[-1]],
        dtick=1 if hidden[-1] <= 12 else None,
    )
    figure.update_yaxes(title="probability of the piece", rangemode="tozero")
    return figure


def _shown(name: str) -> dict[str, object]:
    return {
        "name": name,
        "mode": "lines+markers",
        "marker": {"size": 5},
        "hovertemplate": f"{name}, %{{x}} hidden: %{{y:.4f}}<extra></extra>",
    }
