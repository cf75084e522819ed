"""Histograms of several steps on one scale: no number is lost, and each lies where it was."""

from __future__ import annotations

import numpy as np
import pytest

from pages.figures.histograms import LEVELS, limits, share, spread

ENDS = np.array([[-1.0, 1.0], [-2.0, 0.5], [0.0, 0.0]])
COUNTS = np.array([[0, 10, 30, 0], [5, 5, 5, 5], [0, 0, 0, 0]])


def test_limits_hold_all_rows_that_count_something() -> None:
    assert limits(COUNTS, ENDS) == (-2.0, 1.0)
    low, high = limits(np.zeros((1, 4)), np.zeros((1, 2)))
    assert low < 0 < high


@pytest.mark.parametrize("row", [0, 1])
def test_all_numbers_are_on_the_common_scale(row: int) -> None:
    edges = np.linspace(-2, 1, LEVELS + 1)
    shares = share(COUNTS[row], ENDS[row], edges)
    assert shares.sum() == pytest.approx(1)
    assert (shares >= 0).all()


def test_shares_lie_where_the_numbers_were() -> None:
    shares = share(np.array([10, 30]), np.array([-1.0, 1.0]), np.array([-1.0, 0.0, 0.5, 1.0]))
    np.testing.assert_allclose(shares, [0.25, 0.375, 0.375])


def test_a_step_without_numbers_is_an_empty_column() -> None:
    figure = spread([0, 100, 2000], COUNTS[[2, 0, 1]], ENDS[[2, 0, 1]], "#4583d6", "gradients")
    (heatmap,) = figure.data
    assert np.isnan(heatmap.z[:, 0]).all()
    assert heatmap.z[:, 1:].sum(axis=0) == pytest.approx([1, 1])
    assert list(heatmap.x) == ["0", "100", "2,000"]
