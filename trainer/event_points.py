"""The points of every metric: what a run's curves are drawn from."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_NONFINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class Points:
    """Steps and values by name, sixteen bytes a point."""

    def __init__(self) -> None:
        self._series: dict[str, tuple[array[int], array[float]]] = {}

    def names(self) -> list[str]:
        return sorted(self._series)

    def series(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Steps and values, as copies; empty for a name never seen."""
        steps, values = self._series.get(name, (array("q"), array("d")))
        return np.array(steps, dtype=np.int64), np.array(values, dtype=np.float64)

    def add(self, steps: Sequence[int], columns: Mapping[str, Sequence[Any]]) -> None:
        """The fields of metric events: N steps, N values for each name. What is no number is left
        out; a null that "nonfinite" names is one."""
        every = array("q", steps)
        for name, told in columns.items():
            if set(map(type, told)) == {float}:
                self._extend(name, every, told)
                continue
            numbers = _numbers(name, told, columns.get("nonfinite"))
            found = [(s, n) for s, n in zip(steps, numbers, strict=True) if n is not None]
            if found:
                self._extend(name, *zip(*found, strict=True))

    def drop_beyond(self, last: int) -> None:
        """Forget the points of later steps; a curve that has none left is none."""
        for name, (steps, values) in list(self._series.items()):
            kept = np.array(steps) <= last
            del self._series[name]
            if kept.any():
                self._extend(name, np.array(steps)[kept].tolist(), np.array(values)[kept].tolist())

    def _extend(self, name: str, steps: Iterable[int], values: Iterable[float]) -> None:
        series = self._series.setdefault(name, (array("q"), array("d")))
        series[0].extend(steps)
        series[1].extend(values)


def _numbers(
    name: str, values: Sequence[Any], nonfinite: Sequence[Any] | None
) -> list[float | None]:
    signs = nonfinite or [None] * len(values)
    return [_number(value, name, sign) for value, sign in zip(values, signs, strict=True)]


def _number(value: Any, name: str, nonfinite: Any) -> float | None:
    """A value as a float: a number, but not True, or a null that stands for NaN."""
    if type(value) is float:
        return value
    if type(value) is int:
        return float(value) if abs(value) < 1 << 1000 else None
    if value is None and isinstance(nonfinite, dict):
        return _NONFINITE.get(str(nonfinite.get(name)))
    return None
