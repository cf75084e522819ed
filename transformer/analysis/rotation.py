"""Why a shift of sinusoids is a rotation, in each pair of dimensions, the same for all positions.

The paper says so in one line (section 3.5): "for any fixed offset k, PE(pos + k) can be represented
as a linear function of PE(pos)". It follows from the sums of angles,

    sin(a + b) =  cos(b) sin(a) + sin(b) cos(a)
    cos(a + b) = -sin(b) sin(a) + cos(b) cos(a)

with a = pos · w and b = k · w.
"""

from __future__ import annotations

import numpy as np

BASE = 10_000.0


def frequency(pair: int, d_model: int) -> float:
    """Radians from one position to the next in dimensions 2i and 2i + 1, i = `pair`."""
    return float(BASE ** (-2 * pair / d_model))


def rotation(shift: float, pair: int, d_model: int) -> np.ndarray:
    """R (2, 2): R @ (sin, cos) of a position is (sin, cos) of the position `shift` further on."""
    angle = shift * frequency(pair, d_model)
    sin, cos = np.sin(angle), np.cos(angle)
    return np.array([[cos, sin], [-sin, cos]])


def turned(table: np.ndarray, shift: int, pair: int) -> tuple[np.ndarray, np.ndarray]:
    """table (P, D) -> the pair of each position that has one `shift` further on, turned, and the
    pair that the table has there: (P - shift, 2) both, in float64."""
    both = table[:, 2 * pair : 2 * pair + 2].astype(np.float64)
    own = both[: len(table) - shift] @ rotation(shift, pair, table.shape[1]).T
    return own, both[shift:]
