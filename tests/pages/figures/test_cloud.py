"""The vocabulary in three dimensions: nothing acts, nothing outside is drawn."""

from __future__ import annotations

import numpy as np

from pages.figures.cloud import cloud

POINTS = np.arange(12.0).reshape(4, 3)


def test_labels_are_shown_as_they_are() -> None:
    everyone = cloud(POINTS, ["<b>x</b>", "a", "b", "c"], own=[0], chosen=1, near=[2]).data[0]
    assert everyone.text[0] == "&lt;b&gt;x&lt;/b&gt;"


def test_lit_pieces_beyond_the_drawn_ones_are_left_out() -> None:
    figure = cloud(POINTS, list("abcd"), own=[1, 9], chosen=50, near=[2, 1, 80])
    assert list(figure.data[1].text) == ["c"]
    assert list(figure.data[2].text) == ["b"]
