"""The vocabulary in three dimensions: nothing acts, nothing outside is drawn."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from pages.figures.cloud import KINDS, cloud
from pages.ui.word_views import MAP_KINDS

POINTS = np.arange(12.0).reshape(4, 3)
TYPES = ["start", "unknown", "special", "start"]
COLOURS = Path(__file__).parents[3] / "assets" / "components" / "map" / "kinds.js"


def test_labels_are_shown_as_they_are() -> None:
    labels = ["<b>x</b>", "'s & &amp;", "b", "c"]
    yours = cloud(POINTS, labels, TYPES, own=[0, 1], chosen=1, near=[2]).data[-1]
    assert list(yours.hovertext) == ["&lt;b&gt;x&lt;/b&gt;", "&#x27;s &amp; &amp;amp;"]
    assert not re.search("</?(b|i|sub|sup|br)>", yours.text[0])
    assert yours.text[0].replace("\u200b", "") == labels[0]
    assert yours.text[1] == labels[1]


def test_lit_pieces_beyond_the_drawn_ones_are_left_out() -> None:
    figure = cloud(POINTS, list("abcd"), TYPES, own=[1, 9], chosen=50, near=[2, 1, 80])
    assert list(figure.data[-2].hovertext) == ["c"]
    assert list(figure.data[-1].hovertext) == list(figure.data[-1].text) == ["b"]


def test_each_piece_is_in_the_cloud_once_and_what_is_lit_comes_last() -> None:
    figure = cloud(POINTS, list("abcd"), TYPES, own=[1], chosen=1, near=[2])
    told = {trace.name: "".join(trace.hovertext) for trace in figure.data}
    assert told == {
        "begins a word": "ad",
        "special": "bc",
        "nearest to the chosen one": "c",
        "yours": "b",
    }
    assert list(told)[-1] == "yours"
    # An opaque trace would be drawn before all others, whatever its place.
    assert all(trace.opacity < 1 for trace in figure.data)


def test_kinds_are_called_and_coloured_as_on_the_flat_map() -> None:
    colours, words = (
        dict(re.findall(r'(\w+): "([^"]+)"', line))
        for line in COLOURS.read_text("utf-8").splitlines()
        if line.startswith("export const KIND_")
    )
    assert tuple(KINDS) == MAP_KINDS
    assert {kind: (words[kind], colours[kind]) for kind in colours} == KINDS


def test_a_few_points_far_out_do_not_shrink_the_cloud() -> None:
    from pages.figures.cloud import EYE, camera

    even = np.random.default_rng(1).uniform(-1, 1, (2000, 3))
    far = np.vstack([even, np.full((5, 3), 19.0)])
    near, small = camera(even), camera(far)
    assert all(abs(near["center"][axis]) < 0.05 for axis in "xyz")
    assert near["eye"]["x"] == pytest.approx(EYE[0], rel=0.05)
    # the box is 20 wide, from -1 to 19, its middle at 9: the cloud's lies 9/20 before that
    assert small["center"]["z"] == pytest.approx(-9 / 20, abs=0.02)
    assert small["eye"]["x"] - small["center"]["x"] == pytest.approx(EYE[0] * 4 / 20, rel=0.05)
    assert camera(np.zeros((1, 3)))["eye"]["x"] == EYE[0]
