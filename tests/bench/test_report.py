"""The last word of a row."""

from __future__ import annotations

from bench.report import Row


def test_another_tools_row_says_how_many_times_dawns_it_is() -> None:
    assert Row("payload", None, [50, 60, 70], unit="KB", beside=40).verdict == "1.5 x Dawn"


def test_a_row_beside_nothing_only_informs() -> None:
    assert Row("SVG elements", None, [7], unit="").verdict == ""
    assert Row("SVG elements", None, [7], unit="", beside=0).verdict == ""


def test_what_was_not_measured_is_no_multiple() -> None:
    assert Row("hover", None, beside=10, problem="no browser").verdict == "not measured"
