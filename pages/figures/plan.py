"""Pictures of a run that has not begun: its learning rate, and how long its sentences are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from pages.ui.theme import HELD_OUT, TRAINING, fade, plotly_template

HEIGHT = 170
LONGEST_SHARE = 0.995  # of the sentences have at most the words that the axis ends at


def rate_curve(steps: Sequence[int], rates: Sequence[float]) -> go.Figure:
    """The learning rate by update."""
    figure = go.Figure(layout={"template": plotly_template()})
    figure.add_trace(
        go.Scatter(
            x=list(steps),
            y=list(rates),
            mode="lines",
            fill="tozeroy",
            fillcolor=fade(TRAINING, 0.12),
            line={"color": TRAINING, "width": 2},
            hovertemplate="update %{x:,}: %{y:.2e}<extra></extra>",
        )
    )
    figure.update_layout(height=HEIGHT, margin={"l": 8, "r": 8, "t": 8, "b": 8}, showlegend=False)
    figure.update_xaxes(title="update", nticks=5)
    figure.update_yaxes(rangemode="tozero", nticks=4, tickformat="~g")
    return figure


def lengths(source: Sequence[int], target: Sequence[int], names: tuple[str, str]) -> go.Figure:
    """How many sentences have how many words, on both sides."""
    figure = go.Figure(layout={"template": plotly_template()})
    end = max(int(np.quantile([*source, *target], LONGEST_SHARE)), 1)
    for words, name, colour in zip((source, target), names, (TRAINING, HELD_OUT), strict=True):
        counts = np.bincount(np.clip(words, 0, end), minlength=end + 1)
        figure.add_trace(
            go.Scatter(
                x=np.arange(end + 1),
                y=counts,
                name=name,
                line={"color": colour, "width": 2, "shape": "hvh"},
                hovertemplate=f"%{{y:,}} sentences of %{{x}} words<extra>{name}</extra>",
            )
        )
    figure.update_layout(
        height=HEIGHT + 20,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1, "x": 1, "xanchor": "right"},
        showlegend=True,
    )
    figure.update_xaxes(title=f"words ({end} or more at the end)", nticks=8)
    figure.update_yaxes(nticks=4)
    return figure
