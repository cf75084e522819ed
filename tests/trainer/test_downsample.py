"""Fewer points, with the same extremes and gaps."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.downsample import minmax_downsample


def test_a_spike_survives_downsampling() -> None:
    y = np.zeros(100_000)
    y[54_321], y[77_777] = 9.0, -9.0
    x = np.arange(100_000)
    xs, ys = minmax_downsample(x, y, 1_000)
    assert len(xs) == len(ys) <= 1_000
    assert 54_321 in xs and 77_777 in xs and ys.max() == 9.0 and ys.min() == -9.0
    assert xs[0] == 0 and xs[-1] == 99_999 and (np.diff(xs) > 0).all()


@pytest.mark.parametrize("count", [0, 1, 5, 101, 103, 997])
def test_downsampling_keeps_points_as_they_are(count: int) -> None:
    x, y = np.arange(count), np.random.default_rng(0).normal(size=count)
    xs, ys = minmax_downsample(x, y, 100)
    assert len(xs) <= max(100, 0) and np.array_equal(ys, y[xs])
    assert count > 100 or np.array_equal(xs, x)


def test_a_gap_stays_a_gap() -> None:
    y = np.ones(1_000)
    y[400:600] = np.nan
    xs, ys = minmax_downsample(np.arange(1_000), y, 100)
    assert np.isnan(ys[(xs > 420) & (xs < 580)]).all() and np.isnan(ys).any()
    assert np.isfinite(ys[(xs < 380) | (xs > 620)]).all()
    with pytest.raises(ValueError, match="four"):
        minmax_downsample(y, y, 3)
