"""Words along a direction: candidates, the two ends of an axis, a vocabulary between them."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from pages.ui.theme import ACCENT, ENCODER, MUTED, fade, plotly_template

ROW, LANE = 27, 21  # px of a bar, and of a word with its point


def candidates(
    labels: Sequence[str], cosines: Sequence[float], given: Sequence[bool], colour: str = ACCENT
) -> go.Figure:
    """Bars of cosines, best first; those that were given are hollow."""
    figure = go.Figure(layout={"template": plotly_template()})
    figure.add_bar(
        x=list(cosines),
        y=list(range(len(labels))),
        orientation="h",
        marker={
            "color": [fade(colour, 0.15) if own else colour for own in given],
            "line": {"color": colour, "width": 1},
        },
        text=[f"{cosine:.3f}" for cosine in cosines],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    _rows(figure, labels)
    figure.update_xaxes(title="cosine", rangemode="tozero")
    return figure


def ends(labels: Sequence[str], places: Sequence[float]) -> go.Figure:
    """The words furthest out on both sides of an axis, from the left end to the right one."""
    figure = go.Figure(layout={"template": plotly_template()})
    figure.add_bar(
        x=list(places),
        y=list(range(len(labels))),
        orientation="h",
        marker={"color": [ACCENT if place > 0 else ENCODER for place in places]},
        hovertemplate="%{x:.3f}<extra></extra>",
    )
    _rows(figure, labels)
    figure.update_xaxes(title="place on the axis")
    return figure


def between(places: np.ndarray, marked: Sequence[tuple[str, float, str]]) -> go.Figure:
    """places (V,) of all words as a histogram, and some words by name: (text, place, group), in
    the groups "left", "right" and "yours"."""
    figure = go.Figure(layout={"template": plotly_template()})
    figure.add_histogram(
        x=places,
        nbinsx=120,
        marker={"color": fade(MUTED, 0.45)},
        hovertemplate="%{y} words around %{x}<extra></extra>",
        showlegend=False,
    )
    groups = {
        "left": ("left end", ENCODER, "middle right"),
        "right": ("right end", ACCENT, "middle left"),
        "yours": ("your sentence", MUTED, "middle right"),
    }
    row = 0
    for group, (name, colour, beside) in groups.items():
        mine = sorted((place, text) for text, place, kind in marked if kind == group)
        figure.add_scatter(
            x=[place for place, _ in mine],
            y=[row - number for number in range(len(mine))],
            yaxis="y2",
            mode="markers+text",
            marker={"color": colour, "size": 9},
            text=[html.escape(text) for _, text in mine],
            textposition=beside,
            textfont={"color": colour, "size": 13},
            name=name,
            hovertemplate="%{text}: %{x:.3f}<extra></extra>",
        )
        row -= len(mine)
    height = 240 + LANE * len(marked)
    floor = LANE * len(marked) / height  # the share of the height that the words take
    figure.update_layout(
        height=height,
        margin={"t": 8},
        bargap=0,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        yaxis={"domain": [floor + 0.02, 1], "title": "words"},
        yaxis2={"domain": [0, floor], "visible": False, "range": [row, 1]},
    )
    figure.update_xaxes(title="place on the axis", anchor="y2")
    return figure


def _rows(figure: go.Figure, labels: Sequence[str]) -> None:
    figure.update_layout(height=70 + ROW * len(labels), margin={"t": 8, "r": 48}, showlegend=False)
    figure.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=[html.escape(label) for label in labels],
        autorange="reversed",
        showgrid=False,
    )
