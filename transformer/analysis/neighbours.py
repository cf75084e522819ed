"""Which heads look at a neighbour, on one sentence: what stands beside a piece is a place alone."""

from __future__ import annotations

import numpy as np

NEIGHBOURS = {"previous": -1, "next": 1}


def neighbour_shares(weights: np.ndarray) -> dict[str, np.ndarray]:
    """weights (L, H, R, R) of self-attention -> "previous" and "next": the mean share (L, H) that
    the rows which have such a neighbour give it; 0 where none has."""
    found = {}
    for name, offset in NEIGHBOURS.items():
        beside = np.diagonal(weights, offset, axis1=2, axis2=3).astype(np.float64)
        found[name] = beside.mean(2) if beside.shape[2] else np.zeros(weights.shape[:2])
    return found
