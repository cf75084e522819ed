"""What the size of a vocabulary buys: one measure against sizes."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from pages.ui.theme import head_colour, plotly_template


def by_size(sizes: Sequence[int], values: Sequence[float], title: str, unit: str) -> go.Figure:
    """values at sizes, which stand on a logarithmic axis; unit is plotly's format of a value."""
    figure = go.Figure(layout={"template": plotly_template()})
    figure.add_scatter(
        x=list(sizes),
        y=list(values),
        mode="lines+markers",
        line={"color": head_colour(1), "width": 2.5},
        marker={"size": 7},
        hovertemplate=f"%{{x:,}} pieces: %{{y:{unit}}}<extra></extra>",
        showlegend=False,
    )
    figure.update_layout(height=250, margin={"t": 34, "b": 46}, title={"text": title, "x": 0})
    figure.update_xaxes(
        title="pieces in the vocabulary",
        type="log",
        tickvals=list(sizes),
        ticktext=[short(size) for size in sizes],
    )
    figure.update_yaxes(rangemode="tozero", tickformat=unit)
    return figure


def short(size: int) -> str:
    """A size in few letters: 579, 1.1k, 8k."""
    return (
        str(size) if size < 1000 else f"{size / 1000:.2g}k" if size < 10_000 else f"{size // 1000}k"
    )
