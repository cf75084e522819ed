"""A shift is a rotation: R(k) PE(p) = PE(p + k), R is a rotation, and turns add up."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from transformer.analysis.rotation import rotation, turned
from transformer.positions import sinusoids

WIDTH = 24
TABLE = sinusoids(200, WIDTH).numpy()
PAIR = st.integers(0, WIDTH // 2 - 1)
SHIFT = st.integers(-300, 300)


@settings(deadline=None)
@given(pair=PAIR, shift=st.integers(0, 199))
def test_a_turn_lands_on_the_table_at_every_position(pair: int, shift: int) -> None:
    found, there = turned(TABLE, shift, pair)
    assert found.shape == there.shape == (200 - shift, 2)
    np.testing.assert_array_equal(there, TABLE[shift:, 2 * pair : 2 * pair + 2])
    np.testing.assert_allclose(found, there, atol=2e-7)


@given(pair=PAIR, one=SHIFT, other=SHIFT)
def test_turns_are_rotations_and_add_up(pair: int, one: int, other: int) -> None:
    matrix = rotation(one, pair, WIDTH)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(2), atol=1e-12)
    assert np.linalg.det(matrix) > 0
    both = matrix @ rotation(other, pair, WIDTH)
    np.testing.assert_allclose(both, rotation(one + other, pair, WIDTH), atol=1e-9)
