"""The circle shows the table's own points, and the angle between two of them."""

from __future__ import annotations

import numpy as np
import pytest

from pages.figures.rotation import ARC, rotation
from transformer.positions import sinusoids

POINTS = sinusoids(40, 16).numpy()[:, 4:6]
RADIANS = 10_000.0 ** (-4 / 16)


def test_points_are_cosine_across_and_sine_up() -> None:
    points = rotation(POINTS, 3, 5, RADIANS).data[1]
    np.testing.assert_array_equal(points.x, POINTS[:, 1])
    np.testing.assert_array_equal(points.y, POINTS[:, 0])


@pytest.mark.parametrize(("position", "shift"), [(0, 0), (3, 5), (7, 32)])
def test_the_arc_runs_from_one_arrow_to_the_other(position: int, shift: int) -> None:
    figure = rotation(POINTS, position, shift, RADIANS)
    arc = figure.data[2]
    for end, place in ((0, position), (-1, position + shift)):
        np.testing.assert_allclose([arc.y[end], arc.x[end]], ARC * POINTS[place], atol=1e-5)
    arrows = [note for note in figure.layout.annotations if note.showarrow]
    assert [(note.y, note.x) for note in arrows] == [
        tuple(map(float, POINTS[place])) for place in (position, position + shift)
    ]
