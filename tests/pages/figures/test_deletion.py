"""The curves drawn are the curves given."""

from __future__ import annotations

import numpy as np

from pages.figures.alignment import alignment
from pages.figures.deletion import deletion

CURVES = np.array([[0.9, 0.2, 0.1], [0.9, 0.6, 0.1]])
CHANCE = np.array([[0.9, 0.8, 0.1], [0.9, 0.4, 0.1]])


def test_each_method_is_a_curve_and_the_best_is_thick() -> None:
    band, chance, *methods = deletion([0, 2, 5], CURVES, ["a", "b"], CHANCE, [0]).data
    np.testing.assert_array_equal([trace.y for trace in methods], CURVES)
    assert [list(trace.x) for trace in methods] == [[0, 2, 5]] * 2
    assert [trace.line.width > 2 for trace in methods] == [True, False]
    np.testing.assert_allclose(chance.y, [0.9, 0.6, 0.1])
    np.testing.assert_array_equal(band.y, [0.9, 0.8, 0.1, 0.1, 0.4, 0.9])


def test_a_line_for_each_pair_and_text_is_no_markup() -> None:
    weights = np.array([[0.2, 0.9], [0.6, 0.1]])
    figure = alignment(["<b>", "x&y"], ["a", "b"], weights, [(0, 1), (1, 0)], [(0, 1)])
    assert [list(line.y) for line in figure.data] == [[1, 0.5, 0], [0, 0.5, 1]]
    assert figure.data[0].line.width > figure.data[1].line.width
    shown = [note.text for note in figure.layout.annotations]
    assert shown == ["&lt;b>", "x&amp;y", "a", "b"]
    assert "&lt;b>" in figure.data[1].text
