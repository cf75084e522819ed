"""Learning curves: numbers by step as lines, what is not a number as a gap with a mark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pages.ui.theme import ACCENT, fade, plotly_template

if TYPE_CHECKING:
    import plotly.graph_objects as go

LESSON_LOSS = 3.5
"""The course asks for a mean training loss of at most this."""

SHORTEST_AXIS = 16
_LEGENDS = {
    "above": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    "inside": {"x": 0.02, "y": 1, "yanchor": "top"},
}


@dataclass(frozen=True)
class Curve:
    """One line: values (N,) at steps (N,), NaN where there is none.

    style: "line"; "faint" for the raw numbers behind a mean; "dotted"; "points" for numbers that
    come now and then. gaps are the steps whose value was no finite number. colour is `#rrggbb`.
    """

    label: str
    steps: NDArray[np.int64]
    values: NDArray[np.float64]
    colour: str
    style: str = "line"
    gaps: NDArray[np.int64] | None = None


def curve_figure(
    curves: Sequence[Curve],
    *,
    last_step: int,
    end: int | None = None,
    height: int = 320,
    mark: tuple[float, str] | None = None,
    legend: bool = True,
    number: str = ".3f",
) -> go.Figure:
    """Lines over one axis of steps.

    The axis ends at `end`, or, while a run grows, at the next power of two behind `last_step`: it
    moves seldom, and the lines always fill half of it. mark is a level and its words. A person's
    zoom outlives every refresh (`uirevision`).
    """
    import plotly.graph_objects as go

    roomy = height > 200
    traces = [trace for curve in curves for trace in _traces(curve, number)]
    layout: dict[str, Any] = {
        "template": _template(),
        "height": height,
        "uirevision": "keep",
        "hovermode": "x",
        "dragmode": "zoom",
        "margin": {"l": 4, "r": 12, "t": 34 if legend and roomy else 8, "b": 4},
        "showlegend": legend,
        "legend": _LEGENDS["above" if roomy else "inside"],
        "xaxis": {"range": [0, end or growing_end(last_step)], "tickformat": ",d", "nticks": 7},
        "yaxis": _value_axis(curves, mark),
    }
    if mark is not None:
        layout |= _mark(*mark)
    # Validation takes ten times as long as all the rest, every second; the tests do it instead.
    return go.Figure({"data": traces, "layout": layout}, _validate=False)


def growing_end(step: int) -> int:
    """The next power of two behind a step."""
    return max(SHORTEST_AXIS, 1 << max(step, 1).bit_length())


def value_range(
    curves: Sequence[Curve], mark: tuple[float, str] | None = None
) -> tuple[float, float] | None:
    """Round limits around all finite values and the mark; they move only when one is passed."""
    finite = [curve.values[np.isfinite(curve.values)] for curve in curves]
    values = np.concatenate([*finite, np.array([mark[0]] if mark else [])]) if curves else None
    if values is None or not values.size:
        return None
    low, high = float(values.min()), float(values.max())
    unit = 10.0 ** math.floor(math.log10(max(high - low, abs(high), 1e-12))) / 2
    return math.floor(low / unit - 0.1) * unit if low else 0.0, math.ceil(high / unit + 0.1) * unit


@cache
def _template() -> dict[str, Any]:
    template: dict[str, Any] = plotly_template().to_plotly_json()
    return template


def _value_axis(curves: Sequence[Curve], mark: tuple[float, str] | None) -> dict[str, Any]:
    limits = value_range(curves, mark)
    return {"nticks": 6, **({"range": list(limits)} if limits else {})}


def _traces(curve: Curve, number: str) -> list[dict[str, Any]]:
    """As dicts: a live panel draws often, and a trace object is built and then copied."""
    faint = curve.style == "faint"
    line = {
        "color": fade(curve.colour, 0.35) if faint else curve.colour,
        "width": 1 if faint else 2,
        "dash": "dot" if curve.style == "dotted" else "solid",
    }
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "x": curve.steps,
            "y": np.where(np.isfinite(curve.values), curve.values, np.nan),
            "name": curve.label,
            "mode": "lines+markers" if curve.style == "points" else "lines",
            "marker": {"size": 6, "color": curve.colour},
            "line": line,
            "showlegend": not faint,
            **({"hoverinfo": "skip"} if faint else {"hovertemplate": f"%{{y:{number}}}"}),
        }
    ]
    if curve.gaps is not None and curve.gaps.size:
        traces.append(_gap_marks(curve))
    return traces


def _gap_marks(curve: Curve) -> dict[str, Any]:
    """A cross at each step without a number, at the height of the last number before it."""
    finite = np.isfinite(curve.values)
    steps, values = curve.steps[finite], curve.values[finite]
    gaps = curve.gaps if curve.gaps is not None else np.array([], np.int64)
    places = np.searchsorted(steps, gaps) - 1
    heights = values[np.clip(places, 0, None)] if values.size else np.zeros(len(gaps))
    return {
        "type": "scatter",
        "x": gaps,
        "y": heights,
        "name": f"{curve.label}: not a number",
        "mode": "markers",
        "marker": {"symbol": "x-thin", "size": 11, "line": {"width": 2, "color": ACCENT}},
        "hovertemplate": "not a number",
    }


def _mark(level: float, words: str) -> dict[str, Any]:
    """A dashed line across the figure, with its words at the right end."""
    across = {"xref": "x domain", "yref": "y"}
    line = {"color": ACCENT, "width": 1.5, "dash": "dash"}
    shape = {**across, "type": "line", "x0": 0, "x1": 1, "y0": level, "y1": level, "line": line}
    note = {
        **across,
        "x": 1,
        "y": level,
        "text": words,
        "xanchor": "right",
        "yanchor": "bottom",
        "font": {"color": ACCENT, "size": 12},
        "showarrow": False,
    }
    return {"shapes": [shape], "annotations": [note]}
