"""The deletion curve: hide the pieces in the order in which a method names them, most important
first, and see how fast the probability falls (Samek et al. 2017, "Evaluating the Visualization of
What a Deep Neural Network Has Learned"; Petsiuk et al. 2018, "RISE", calls it deletion).

A method that knows what matters makes it fall early, so a small area is a good method. What that is
worth is measured against chance: pieces hidden in random orders, drawn here from a fixed seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from transformer.analysis.case import Case, Scores
from transformer.analysis.hiding import log_probs_without

STEPS = 24  # points of a curve after its first; later pieces of a long sentence share them
CHANCES = 8  # random orders; their mean is the curve of chance
SEED = 0


@dataclass(frozen=True)
class Curves:
    """hidden (K + 1,): how many pieces are hidden at each point, from 0 to all. probability
    (M, K + 1): of the case's piece, a row for each order."""

    hidden: list[int]
    probability: Tensor

    def areas(self) -> Tensor:
        """Mean probability on the way from nothing to everything hidden, by trapezoids: (M,)."""
        return torch.trapezoid(self.probability, torch.tensor(self.hidden) / self.hidden[-1])


def ranking(scores: Scores, places: Sequence[int]) -> list[int]:
    """The places in falling order of their scores; of equal ones, the first in reading order.

    Places count the source's pieces, then the prefix's.
    """
    both = torch.cat(scores)[list(places)]
    return [places[number] for number in both.argsort(descending=True, stable=True).tolist()]


def chance_orders(places: Sequence[int], count: int = CHANCES, seed: int = SEED) -> list[list[int]]:
    """`count` random orders of the places, the same ones for the same seed."""
    generator = torch.Generator().manual_seed(seed)
    orders = [torch.randperm(len(places), generator=generator).tolist() for _ in range(count)]
    return [[places[number] for number in order] for order in orders]


def deletion_curves(case: Case, orders: Sequence[Sequence[int]], steps: int = STEPS) -> Curves:
    """Hide the first pieces of each order, ever more of them. The orders hold the same places, at
    least one. All in one batch, in which what several orders hide alike is measured once."""
    hidden = schedule(len(orders[0]), steps)
    masks = torch.zeros(len(orders), len(hidden), case.src.size(1) + case.prefix.size(1)).bool()
    for row, order in zip(masks, orders, strict=True):
        for mask, many in zip(row, hidden, strict=True):
            mask[list(order[:many])] = True
    distinct, which = masks.flatten(0, 1).unique(dim=0, return_inverse=True)
    probability = log_probs_without(case, distinct).exp()
    return Curves(hidden, probability[which].unflatten(0, masks.shape[:2]))


def schedule(count: int, steps: int) -> list[int]:
    """How many of `count` pieces are hidden at each of at most steps + 1 points: one more each time
    for the first half of them, where a good method tells, then several more."""
    if count <= steps:
        return list(range(count + 1))
    alone = steps // 2
    rest = steps - alone
    later = [alone + round((count - alone) * point / rest) for point in range(rest + 1)]
    return [*range(alone), *later]


def winners(areas: Sequence[float], tolerance: float) -> list[int]:
    """Which have the smallest area; several where they differ by no more than `tolerance`."""
    best = min(areas)
    return [number for number, area in enumerate(areas) if area - best <= tolerance]


def halved(hidden: Sequence[int], probability: Sequence[float]) -> int | None:
    """How many pieces are hidden when the probability is first at half of what it was or less."""
    half = probability[0] / 2
    return next((n for n, p in zip(hidden, probability, strict=True) if p <= half), None)
