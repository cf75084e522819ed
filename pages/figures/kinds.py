"""Three kinds of vectors side by side: a few words in the plane, and the scores of word pairs."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from pages.ui.theme import ACCENT, ENCODER, MUTED, plotly_template

COLOURS = {"Before training": MUTED, "Counted": ENCODER, "Learned": ACCENT}


def few_words(points: np.ndarray, labels: Sequence[str], chosen: int, colour: str) -> go.Figure:
    """points (N, 2) with their labels; `chosen` is a place among them."""
    figure = go.Figure(layout={"template": plotly_template()})
    figure.add_scatter(
        x=points[:, 0],
        y=points[:, 1],
        mode="markers+text",
        text=[html.escape(label) for label in labels],
        textposition="top center",
        textfont={"size": 12},
        marker={"size": [11 if n == chosen else 6 for n in range(len(labels))], "color": colour},
        hovertemplate="%{text}<extra></extra>",
        cliponaxis=False,
    )
    figure.update_layout(height=300, margin={"t": 18, "l": 24, "r": 24}, showlegend=False)
    figure.update_xaxes(showticklabels=False, zeroline=False)
    figure.update_yaxes(showticklabels=False, zeroline=False)
    return figure


def pair_scores(
    lists: Sequence[str], values: Mapping[str, Sequence[float]], chance: float, title: str
) -> go.Figure:
    """Bars of each kind, named as in `COLOURS`, for every list of pairs, over a line of chance."""
    figure = go.Figure(layout={"template": plotly_template()})
    for name, heights in values.items():
        figure.add_bar(
            x=list(lists),
            y=list(heights),
            name=name,
            marker={"color": COLOURS[name]},
            hovertemplate=f"{name}, %{{x}}: %{{y:.3f}}<extra></extra>",
        )
    figure.add_hline(y=chance, line={"color": MUTED, "dash": "dot", "width": 1})
    figure.update_layout(
        height=320,
        margin={"t": 8},
        barmode="group",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
    figure.update_yaxes(title=title, rangemode="tozero")
    return figure
