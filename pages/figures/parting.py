"""How far the vectors of one word part, stop by stop."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from pages.ui.theme import ACCENT, MUTED, plotly_template


def parting_chart(
    stops: Sequence[str], word: str, parting: np.ndarray, others: np.ndarray
) -> go.Figure:
    """Mean cosine distances at each stop: parting (P,) of the word, others (P,) of any two other
    pieces."""
    figure = go.Figure(layout={"template": plotly_template()})
    lines = (
        ("other pieces, in pairs", others, {"color": MUTED, "width": 1.5, "dash": "dot"}),
        (f"“{html.escape(word)}”, in pairs", parting, {"color": ACCENT, "width": 3}),
    )
    for name, values, line in lines:
        figure.add_scatter(
            x=list(stops),
            y=values,
            name=name,
            line=line,
            mode="lines+markers",
            hovertemplate="%{x}: %{y:.4f}<extra></extra>",
        )
    figure.update_layout(
        height=280,
        margin={"t": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(title="mean cosine distance", rangemode="tozero")
    return figure
