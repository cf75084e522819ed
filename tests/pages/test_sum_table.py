"""Additions: the numbers of the arrays, and how each is made."""

from __future__ import annotations

import numpy as np

from pages.ui.encoder_input import EncoderInput
from pages.ui.sum_table import how_made, signed, sum_rows, sums_blob
from tests.pages.blobs import read_blob

SCALED = np.array([[1.25, -0.5, 0.0, 1.0], [2.0, 3.0, 4.0, 5.0]], np.float32)
ENCODING = np.array([[0.0, 1.0, 0.0, 1.0], [0.8415, 0.5403, 0.01, 0.99995]], np.float32)


def given(*labels: str, kind: str = "sinusoidal") -> EncoderInput:
    return EncoderInput(kind, list(labels), [7, 8], SCALED / 2, SCALED, ENCODING, SCALED + ENCODING)


def test_the_window_shows_its_numbers_in_four_rows_a_piece() -> None:
    header, _ = read_blob(sums_blob(given(" a", "b"), start=1, count=8))
    cells = [[cell[0] for cell in row] for piece in header["pieces"] for row in piece["rows"]]
    steps = (SCALED / 2, SCALED, ENCODING, SCALED + ENCODING)
    expected = [values[place] for place in range(2) for values in steps]
    assert cells == [[signed(value) for value in row[1:]] for row in expected]
    assert (header["start"], header["count"]) == (1, 3)
    assert header["names"][1] == "× √4 = 2" and header["pieces"][0]["label"] == "·a"
    tints = [[cell[2] for cell in piece["rows"][3]] for piece in header["pieces"]]
    total = SCALED + ENCODING
    np.testing.assert_allclose(tints, total[:, 1:] / np.abs(total).max(), atol=1e-4)


def test_a_number_tells_how_it_is_made() -> None:
    assert how_made(given("a", "b"), 1, 3) == (
        "row 8 of the embedding, dimension 3: +2.5000",
        "+2.5000 × √4 = +5.0000",
        "cos(1 / 10000^(2/4)) = +0.9999",
        "+5.0000 + 0.9999 = +5.9999",
    )
    learned = how_made(given("a", "b", kind="learned"), 1, 3)[2]
    assert learned == "row 1 of the learned positions = +0.9999"
    assert how_made(given("a", "b"), 0, 1)[3] == "−0.5000 + 1.0000 = +0.5000"
    header, _ = read_blob(sums_blob(given("a", "b"), start=3, count=8))
    told = [row[0][1] for piece in header["pieces"] for row in piece["rows"]]
    assert told == [*how_made(given("a", "b"), 0, 3), *how_made(given("a", "b"), 1, 3)]


def test_every_number_can_be_taken_away() -> None:
    rows = list(sum_rows(given("a", "b")))
    assert len(rows) == 1 + 2 * 4
    assert rows[6] == ("b", 8, 1, 1, 1.5, 3.0, ENCODING[1, 1], SCALED[1, 1] + ENCODING[1, 1])


def test_signs_are_written_as_people_do() -> None:
    assert [signed(value) for value in (-0.04121, 0.3, 0.0)] == ["−0.0412", "+0.3000", "+0.0000"]
