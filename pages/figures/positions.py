"""Pictures of the positional encoding: the whole table, single dimensions, and distances."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from pages.ui.theme import ACCENT, DIVERGING, head_colour, plotly_template

HEIGHT = 380
HEAT_MAP = (512, 768)  # pixels: no higher and wider, unless there are more cells


def wavelength(dim: int, d_model: int) -> float:
    """Positions after which dimension `dim` repeats: 2π · 10000^(2i/D), for dim = 2i or 2i + 1."""
    return 2 * math.pi * 10_000.0 ** (2 * (dim // 2) / d_model)


def heat_map(table: np.ndarray) -> go.Figure:
    """table (positions, D): a row for each position, 0 at the top. Its colours reach to 1, the most
    that a sinusoid can be, or as far as a learned value does.

    Each cell is a whole number of pixels, whatever the window: neighbouring columns differ so much
    that drawn any other way they show stripes that are not in the table.
    """
    limit = max(1.0, float(np.abs(table).max()))
    figure = go.Figure(
        go.Heatmap(
            z=table.astype(np.float32),
            zmin=-limit,
            zmax=limit,
            colorscale=[list(stop) for stop in DIVERGING],
            colorbar={"thickness": 10, "outlinewidth": 0, "tickvals": [-1, 0, 1], "len": 0.6},
            hovertemplate="position %{y}, dimension %{x}: %{z:.4f}<extra></extra>",
        ),
        layout={"template": plotly_template()},
    )
    high, wide = (_pixels(n, most) for n, most in zip(table.shape, HEAT_MAP, strict=True))
    margin = {"l": 56, "r": 64, "t": 8, "b": 48}
    figure.update_layout(
        width=wide + margin["l"] + margin["r"],
        height=high + margin["t"] + margin["b"],
        margin={**margin, "autoexpand": False},
        dragmode=False,  # a finger scrolls the frame instead
    )
    axis = {"showgrid": False, "zeroline": False, "automargin": False}
    figure.update_xaxes(title="dimension", **axis)
    figure.update_yaxes(title="position", autorange="reversed", **axis)
    return figure


def _pixels(cells: int, most: int) -> int:
    """The largest multiple of cells up to `most`, or a pixel for each."""
    return cells * max(1, most // cells)


def waves(table: np.ndarray, dims: Sequence[int], sinusoidal: bool = True) -> go.Figure:
    """Chosen columns of table (positions, D) over the positions: a hue for each pair 2i and 2i + 1,
    the even one drawn through, the odd one dashed; those of sinusoids with their wavelength."""
    figure = go.Figure(layout={"template": plotly_template()})
    pairs = list(dict.fromkeys(dim // 2 for dim in dims))
    for dim in dims:
        wave = f"{'cos' if dim % 2 else 'sin'} · repeats every "
        wave += f"{wavelength(dim, table.shape[1]):,.1f}"
        figure.add_trace(
            go.Scatter(
                y=table[:, dim],
                mode="lines",
                name=f"dim {dim} · {wave}" if sinusoidal else f"dim {dim}",
                line={
                    "color": head_colour(1 + pairs.index(dim // 2)),
                    "width": 2,
                    "dash": "dash" if dim % 2 else "solid",
                },
                hovertemplate=f"dimension {dim}, position %{{x}}: %{{y:.4f}}<extra></extra>",
            )
        )
    figure.update_layout(
        height=HEIGHT,
        margin={"t": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        showlegend=True,
    )
    figure.update_xaxes(title="position", range=[-0.5, len(table) - 0.5])
    limit = 1.05 * max(1.0, float(np.abs(table[:, list(dims)]).max()))
    figure.update_yaxes(range=[-limit, limit], tickvals=[-1, 0, 1])
    return figure


def distances(table: np.ndarray) -> go.Figure:
    """The dot product of position 0 with each position, over how far apart they are."""
    figure = go.Figure(
        go.Scatter(
            y=table @ table[0],
            mode="lines",
            line={"color": ACCENT, "width": 2},
            hovertemplate="%{x} apart: %{y:.3f}<extra></extra>",
        ),
        layout={"template": plotly_template()},
    )
    figure.update_layout(height=HEIGHT - 80, margin={"t": 8})
    figure.update_xaxes(title="positions apart")
    figure.update_yaxes(title="dot product", rangemode="tozero")
    return figure
