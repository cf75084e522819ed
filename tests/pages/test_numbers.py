"""Numbers as people write them."""

from __future__ import annotations

import pytest

from pages.ui.numbers import two_digits


@pytest.mark.parametrize(
    ("size", "told"),
    [(0.0, "0"), (2.0, "2"), (0.0553, "0.055"), (4.71e-7, "4.7·10⁻⁷"), (9.99e-12, "1.0·10⁻¹¹")],
)
def test_two_digits(size: float, told: str) -> None:
    assert two_digits(size) == told
