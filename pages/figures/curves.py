"""Learning curves as numbers and limits; assets/components/curves draws them in place.

No go.Figure here: st.plotly_chart mounts a new chart whenever its numbers change, so on a live page
it would flicker, and forget a person's zoom, once a second.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SHORTEST_AXIS = 16


@dataclass(frozen=True)
class Axis:
    """What curves may run along beside the steps: its values (N,) by then, and where it ends."""

    steps: NDArray[np.int64]
    values: NDArray[np.float64]
    end: float

    def table(self) -> NDArray[np.float32]:
        """Step, value, step, value ... (2N,)."""
        return np.column_stack([self.steps, self.values]).astype(np.float32).ravel()


@dataclass(frozen=True)
class Curve:
    """One line: values (N,) at steps (N,), NaN where there is none.

    style: "line"; "faint" for the raw numbers behind a mean; "dotted"; "points" for numbers that
    come now and then. gaps are the steps whose value was no finite number. Curves of one group are
    shown and hidden together. colour is `#rrggbb`. axes are its own, where it is of another run
    than its neighbours.
    """

    label: str
    steps: NDArray[np.int64]
    values: NDArray[np.float64]
    colour: str
    style: str = "line"
    gaps: NDArray[np.int64] | None = None
    group: str = ""
    axes: Mapping[str, Axis] | None = None


@dataclass(frozen=True)
class Panel:
    """Curves over one pair of axes. marks are levels and their words; digits None: powers of ten.

    log: a person may have it drawn by the logarithm of the values. limits: of the values, where
    they are known beforehand.
    """

    title: str
    curves: Sequence[Curve]
    digits: int | None = 3
    marks: Sequence[tuple[float, str]] = ()
    log: bool = False
    limits: tuple[float, float] | None = None


def panels_data(
    panels: Sequence[Panel],
    *,
    end: int,
    run: str,
    axes: Mapping[str, Axis] | None = None,
    labels: str = "tokens",
) -> tuple[dict[str, Any], Mapping[str, NDArray[np.float32]]]:
    """Header and arrays of the component's blob: all panels over one axis of steps, 0 to `end`, or
    over one of `axes` ("tokens", "seconds") that a person chooses.

    `labels` are what "tokens" counts. `run` names what is drawn: a zoom is forgotten when it
    changes, and only then.
    """
    arrays: dict[str, NDArray[np.float32]] = {}
    ends: dict[str, float] = {"step": end}
    for name, axis in (axes or {}).items():
        ends[name] = axis.end
        arrays[name] = axis.table()
    drawn = []
    for number, panel in enumerate(panels):
        lines = []
        for place, curve in enumerate(panel.curves):
            names = {part: f"{number}.{place}.{part}" for part in ("x", "y", "gaps")}
            arrays[names["x"]] = curve.steps.astype(np.float32)
            arrays[names["y"]] = curve.values.astype(np.float32)
            arrays[names["gaps"]] = gap_marks(curve).astype(np.float32).ravel()
            about = {"label": curve.label, "colour": curve.colour, "style": curve.style}
            own = {name: f"{number}.{place}.{name}" for name in curve.axes or {}}
            arrays |= {own[name]: axis.table() for name, axis in (curve.axes or {}).items()}
            lines.append({**about, "group": curve.group or curve.label, **names, "axes": own})
        found = value_range(panel.curves, panel.marks)
        drawn.append(
            {
                "title": panel.title,
                "digits": panel.digits,
                "marks": list(panel.marks),
                "log": panel.log,
                "range": found and (panel.limits or found),
                "curves": lines,
            }
        )
    return {"run": run, "ends": ends, "labels": labels, "panels": drawn}, arrays


def growing_end(place: float) -> int:
    """The next power of two behind a place: while a run grows, the axis moves seldom, and the lines
    always fill half of it."""
    return max(SHORTEST_AXIS, 1 << max(int(place), 1).bit_length())


def value_range(
    curves: Sequence[Curve], marks: Sequence[tuple[float, str]] = ()
) -> tuple[float, float] | None:
    """Round limits around all finite values and the marks; they move only when one is passed."""
    finite = [curve.values[np.isfinite(curve.values)] for curve in curves]
    values = np.concatenate([*finite, [level for level, _ in marks]]) if finite else None
    if values is None or not values.size:
        return None
    low, high = float(values.min()), float(values.max())
    unit = 10.0 ** math.floor(math.log10(max(high - low, abs(high), 1e-12))) / 2
    bottom = math.floor(low / unit - 0.1) * unit
    return max(bottom, 0.0) if low >= 0 else bottom, math.ceil(high / unit + 0.1) * unit


def gap_marks(curve: Curve) -> NDArray[np.float64]:
    """Where to mark what is not a number (N, 2): its step, and the last finite value before it."""
    gaps = curve.gaps if curve.gaps is not None else np.array([], np.int64)
    finite = np.isfinite(curve.values)
    steps, values = curve.steps[finite], curve.values[finite]
    places = np.clip(np.searchsorted(steps, gaps) - 1, 0, None)
    heights = values[places] if values.size else np.zeros(len(gaps))
    return np.column_stack([gaps.astype(np.float64), heights])
