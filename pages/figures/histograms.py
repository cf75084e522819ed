"""How the numbers of a part of the model are spread, step by step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from pages.ui.theme import fade, plotly_template

LEVELS = 48  # of the common scale that the histograms of all steps are brought to


def spread(
    steps: Sequence[int], counts: np.ndarray, ends: np.ndarray, colour: str, about: str
) -> go.Figure:
    """A column a step: where its numbers lie, the more the darker.

    counts (N, BINS) between ends (N, 2), `about` names the numbers. A column whose counts are all 0
    stays empty.
    """
    low, high = limits(counts, ends)
    edges = np.linspace(low, high, LEVELS + 1)
    shares = np.column_stack(
        [share(row, bounds, edges) for row, bounds in zip(counts, ends, strict=True)]
    )
    figure = go.Figure(layout={"template": plotly_template()})
    figure.add_trace(
        go.Heatmap(
            z=shares,
            x=[f"{step:,}" for step in steps],
            y=(edges[:-1] + edges[1:]) / 2,
            colorscale=[(0.0, fade(colour, 0)), (0.5, fade(colour, 0.5)), (1.0, fade(colour, 1))],
            zmin=0,
            showscale=False,
            xgap=1,
            hovertemplate=(
                f"step %{{x}}<br>{about} about %{{y:.3g}}<br>%{{z:.1%}} of them<extra></extra>"
            ),
        )
    )
    figure.update_layout(
        height=240,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={"type": "category", "title": "step", "nticks": 8, "showgrid": False},
        yaxis={"tickformat": ".2~g", "zeroline": True},
    )
    return figure


def limits(counts: np.ndarray, ends: np.ndarray) -> tuple[float, float]:
    """Lowest and highest number of all rows that count any; a little around 0 where none does."""
    told = ends[counts.sum(axis=1) > 0]
    low, high = (told[:, 0].min(), told[:, 1].max()) if len(told) else (0.0, 0.0)
    return (float(low), float(high)) if low < high else (float(low) - 1e-6, float(low) + 1e-6)


def share(counts: np.ndarray, ends: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The histogram counts (BINS,) between its two ends as shares (len(edges) - 1,) between other
    edges: the numbers of a bin are taken to lie evenly in it."""
    total = counts.sum()
    if not total:
        return np.full(len(edges) - 1, np.nan)
    own = np.linspace(ends[0], ends[1], len(counts) + 1)
    below = np.interp(edges, own, np.concatenate([[0.0], np.cumsum(counts)]))
    return np.diff(below) / total
