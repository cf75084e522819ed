"""Whether learned positions tell what stands beside what in a square; numpy alone."""

import numpy as np

ORDERS = 200  # of the positions, at random


def likeness(alike: np.ndarray) -> tuple[float, float]:
    """The mean cosine (G, G) of positions that stand beside each other, and of all others."""
    across = round(len(alike) ** 0.5)
    rows, columns = np.divmod(np.arange(len(alike)), across)
    apart = np.maximum(abs(rows[:, None] - rows), abs(columns[:, None] - columns))
    return float(alike[apart == 1].mean()), float(alike[apart > 1].mean())


def as_near_by_chance(alike: np.ndarray) -> int:
    """In how many of `ORDERS` random orders of the positions those beside each other are as alike
    as they are in their own: a permutation test."""
    near, draw = likeness(alike)[0], np.random.default_rng(0)
    orders = (draw.permutation(len(alike)) for _ in range(ORDERS))
    return sum(likeness(alike[np.ix_(order, order)])[0] >= near for order in orders)
