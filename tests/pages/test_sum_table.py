"""Additions in HTML: the numbers of the arrays, and no tag of a person's."""

from __future__ import annotations

import re

import numpy as np

from pages.ui.sum_table import signed, sum_table

SCALED = np.array([[1.25, -0.5, 0.0], [2.0, 3.0, 4.0]], np.float32)
ENCODING = np.ones((2, 3), np.float32)


def test_the_window_shows_its_numbers_in_three_rows_a_piece() -> None:
    text = sum_table([" a", "b"], SCALED, ENCODING, SCALED + ENCODING, start=1, count=8)
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", text)
    expected = [SCALED[0], ENCODING[0], SCALED[0] + 1, SCALED[1], ENCODING[1], SCALED[1] + 1]
    assert cells == [signed(value) for row in expected for value in row[1:]]
    assert "dim 1" in text and "dim 2" in text and "dim 0" not in text


def test_labels_cannot_act() -> None:
    text = sum_table(
        ['<img src=x onerror="alert(1)">', "&amp;"], SCALED, ENCODING, SCALED + ENCODING, 0
    )
    assert "<img" not in text
    assert "&lt;img" in text and "&amp;amp;" in text


def test_signs_are_written_as_people_do() -> None:
    assert [signed(value) for value in (-0.04121, 0.3, 0.0)] == ["−0.0412", "+0.3000", "+0.0000"]
