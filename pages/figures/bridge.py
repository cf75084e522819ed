"""Weights, derivatives and their product, head by head, over the pieces of a sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from pages.ui.theme import DIVERGING, SEQUENTIAL, plotly_template

GAP = 0.085  # of the height, between two pictures
HEAD, TITLE = 26, 40  # pixels: a row, and what stands above a picture


def bridge_figure(
    pieces: Sequence[str], pictures: Sequence[tuple[str, np.ndarray]], mean: np.ndarray
) -> go.Figure:
    """pictures: a title and numbers (H, S) each, one below the other; mean (S,) below them. Numbers
    that have a sign are centred on 0, the others begin there."""
    figure = go.Figure(layout={"template": plotly_template()})
    rows = [*pictures, ("4  The mean of the heads", mean[None])]
    high = [len(numbers) for _, numbers in rows]
    free = 1 - GAP * (len(rows) - 1)
    top = 1.0
    for number, (title, numbers) in enumerate(rows, 1):
        axis = "" if number == 1 else str(number)
        share = free * high[number - 1] / sum(high)
        figure.add_heatmap(**_map(pieces, numbers), xaxis="x", yaxis=f"y{axis}")
        heads = [f"{head}" for head in range(1, len(numbers) + 1)]
        figure.layout[f"yaxis{axis}"] = {
            "domain": [max(0.0, top - share), top],
            "autorange": "reversed",
            "tickvals": list(range(len(heads))),
            "ticktext": heads if len(heads) > 1 else ["all"],
            "showgrid": False,
            "zeroline": False,
        }
        figure.add_annotation(
            text=f"<b>{title}</b>",
            x=0,
            y=top,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
        )
        top -= share + GAP
    figure.update_layout(
        height=HEAD * sum(high) + TITLE * len(rows) + 60,
        margin={"t": 26},
        xaxis={
            "tickvals": list(range(len(pieces))),
            "ticktext": list(pieces),
            "anchor": f"y{len(rows)}",
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
    )
    return figure


def _map(pieces: Sequence[str], numbers: np.ndarray) -> dict[str, object]:
    largest = float(np.abs(numbers).max()) or 1.0
    is_signed = bool((numbers < 0).any())
    heads = [[f"head {head}"] * len(pieces) for head in range(1, len(numbers) + 1)]
    return {
        "z": numbers,
        "zmin": -largest if is_signed else 0,
        "zmax": largest,
        "colorscale": [list(stop) for stop in (DIVERGING if is_signed else SEQUENTIAL)],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "text": heads if len(numbers) > 1 else [["mean"] * len(pieces)],
        "customdata": np.tile(np.array(pieces, dtype=object), (len(numbers), 1)),
        "hovertemplate": "%{text}, %{customdata}: %{z:.5g}<extra></extra>",
    }
