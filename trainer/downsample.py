"""Fewer points, the same curve."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray


def minmax_downsample(
    x: NDArray[Any], y: NDArray[Any], points: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """At most `points` of the curve: both ends, and the lowest and highest of each stretch.

    A spike of a single point stays. A stretch that is all NaN keeps one NaN, so a gap stays a gap.
    Raises ValueError for fewer than four points.
    """
    if points < 4:
        raise ValueError("a curve needs at least four points to keep its ends and its spikes")
    count = len(y)
    if count <= points:
        return x, y
    width = math.ceil(count / ((points - 2) // 2))
    buckets = math.ceil(count / width)
    missing = np.isnan(y)
    first = np.arange(buckets) * width

    def extremes(instead: float) -> NDArray[Any]:
        """Stretches of equal length, with a value for what is missing and for what is too short."""
        padded = np.full(buckets * width, instead)
        padded[:count] = y
        padded[:count][missing] = instead
        return padded.reshape(buckets, width)

    lows = first + extremes(np.inf).argmin(axis=1)
    highs = first + extremes(-np.inf).argmax(axis=1)
    chosen = np.unique(np.concatenate(([0], lows, highs, [count - 1])))
    return x[chosen], y[chosen]
