"""The picture of a loss: its points where they belong, a gap for what is no number."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np

from trainer.curve import curve_svg

SVG = "{http://www.w3.org/2000/svg}"


def drawn(text: str) -> list[str]:
    """The lines of the curves."""
    root = ElementTree.fromstring(text)
    return [path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("fill") == "none"]


def points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)]


def test_points_stand_by_step_and_loss() -> None:
    steps = np.array([0, 50, 100])
    (path,) = drawn(curve_svg({"a <b>": (steps, np.array([4.0, 3.0, 2.0]))}))
    (x0, y0), (x1, y1), (x2, y2) = points(path)
    assert x0 < x1 < x2
    assert x1 - x0 == x2 - x1
    assert y0 < y1 < y2  # a smaller loss stands lower
    assert abs((y1 - y0) - (y2 - y1)) < 0.11


def test_what_is_no_number_is_a_gap() -> None:
    values = np.array([4.0, 3.0, np.nan, 2.0, 1.0, np.inf])
    (path,) = drawn(curve_svg({"loss": (np.arange(6), values)}))
    assert [letter for letter in path if letter in "ML"] == list("MLML")


def test_many_points_one_point_and_none() -> None:
    steps = np.arange(100_000)
    (path,) = drawn(curve_svg({"loss": (steps, np.sin(steps / 1e4) + 5)}))
    assert 300 <= len(points(path)) <= 600
    one = curve_svg({"loss": (np.array([1]), np.array([3.0]))}, mark=3.5)
    assert len(points(drawn(one)[0])) == 1
    assert "<circle" in one
    assert "3.5" in one
    assert "No loss was recorded" in curve_svg({})
    nothing = {"loss": (np.array([1]), np.array([np.nan]))}
    assert "No loss was recorded" in curve_svg(nothing)


def test_a_loss_at_step_0_alone_has_its_place() -> None:
    picture = curve_svg({"loss": (np.array([0]), np.array([3.0]))})
    assert len(points(drawn(picture)[0])) == 1
    assert "nan" not in picture
