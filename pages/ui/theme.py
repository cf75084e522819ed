"""Colours and the plotly template: the one place where Dawn's hues are written.

A theme flip does not rerun Python, so no figure may choose by theme. Hence: paper is transparent,
text and grid are mid-tones that read on light and dark paper alike, and the scales fade *into the
paper* where a value is 0: their lightness is opacity. `.streamlit/config.toml` holds the colours of
Streamlit's own widgets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plotly.graph_objects as go

ACCENT = "#dd5a36"
"""The sun: what is chosen, what is about to be done. Never data of its own kind."""

MUTED = "#8a8296"
"""Text and lines inside figures; contrast above 3.6 on both papers."""

GRID = "rgba(138, 130, 150, 0.22)"

QUERY, KEY, VALUE = "#c2901a", "#1f9a91", "#7a9e3b"
"""The three projections of attention, everywhere."""

ENCODER, DECODER, CROSS = "#4583d6", "#d0548c", "#8d6bd8"
"""The kinds of attention; cross is violet: it joins the encoder's blue and the decoder's rose."""

KIND_COLOURS = {"encoder": ENCODER, "decoder": DECODER, "cross": CROSS}

TRAINING, HELD_OUT = "#6f87a8", "#b9854a"
"""Learning curves: what the model trains on, and what it never sees."""

HEADS = (
    "#4583d6",
    "#dd5a36",
    "#1f9a91",
    "#c2901a",
    "#8d6bd8",
    "#d0548c",
    "#7a9e3b",
    "#6f87a8",
    "#2f6fb5",
    "#b5472a",
    "#187a73",
    "#9a7012",
    "#7250c0",
    "#ab3d70",
    "#5f7d2b",
    "#576c88",
)
"""Head 1, 2, ... of any layer, the same on every page; beyond 16 they begin again."""

SEQUENTIAL = (
    (0.0, "rgba(221, 90, 54, 0)"),
    (0.5, "rgba(221, 90, 54, 0.45)"),
    (1.0, "rgba(221, 90, 54, 1)"),
)
"""Weights, always 0..1: from the paper itself to the full sun."""

DIVERGING = (
    (0.0, "rgba(45, 111, 181, 1)"),
    (0.5, "rgba(138, 130, 150, 0)"),
    (1.0, "rgba(221, 90, 54, 1)"),
)
"""Signed values, always centred on 0: night, paper, sun."""

BODY_FONT = "Figtree, system-ui, sans-serif"
HEADING_FONT = "Newsreader, Georgia, serif"
MONO_FONT = "'JetBrains Mono', ui-monospace, monospace"


def head_colour(head: int) -> str:
    """The colour of a head, counted from 1."""
    return HEADS[(head - 1) % len(HEADS)]


def fade(colour: str, alpha: float) -> str:
    """A hue at an opacity in 0..1, as `rgba(...)`; colour is `#rrggbb`."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {alpha:g})"


def weight_scale(kind: str) -> list[tuple[float, str]]:
    """The sequential scale 0..1 in the hue of one kind of attention."""
    colour = KIND_COLOURS[kind]
    return [(0.0, fade(colour, 0)), (0.5, fade(colour, 0.45)), (1.0, fade(colour, 1))]


def plotly_template() -> go.layout.Template:
    """The template of every figure; draw with `theme=None`, or Streamlit paints over it."""
    import plotly.graph_objects as go

    axis = {
        "gridcolor": GRID,
        "zerolinecolor": GRID,
        "linecolor": GRID,
        "tickcolor": GRID,
        "tickfont": {"size": 12, "color": MUTED},
        "title": {"font": {"size": 13, "color": MUTED}},
        "automargin": True,
    }
    scene_axis = {**axis, "backgroundcolor": "rgba(0,0,0,0)", "showbackground": False}
    scene_axis.pop("automargin")
    layout = go.Layout(
        font={"family": BODY_FONT, "size": 13, "color": MUTED},
        title={
            "font": {"family": HEADING_FONT, "size": 19, "color": MUTED},
            "x": 0,
            "xanchor": "left",
        },
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        colorway=list(HEADS),
        colorscale={"sequential": list(SEQUENTIAL), "diverging": list(DIVERGING)},
        xaxis=axis,
        yaxis=axis,
        scene={"xaxis": scene_axis, "yaxis": scene_axis, "zaxis": scene_axis},
        legend={"font": {"color": MUTED}, "bgcolor": "rgba(0,0,0,0)"},
        hoverlabel={"font": {"family": BODY_FONT, "size": 13}},
        margin={"l": 8, "r": 8, "t": 36, "b": 8},
    )
    return go.layout.Template(layout=layout)
