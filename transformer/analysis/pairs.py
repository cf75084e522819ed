"""How near the two words of a pair are, among all others: ranks and what is made of them."""

from collections.abc import Sequence

import torch
from torch import Tensor

from transformer.analysis.projections import unit_rows


def pair_ranks(matrix: Tensor, pairs: Sequence[tuple[int, int]]) -> Tensor:
    """For each pair, the rank of either row of (V, D) among all others by cosine to its partner,
    from 1: (2 N,), float. Rows that tie share the mean of their ranks: rows of zeros gain nothing.
    """
    asked = torch.tensor([*pairs, *((b, a) for a, b in pairs)]).view(-1, 2)
    units = unit_rows(matrix).double()
    cosines = units[asked[:, 0]] @ units.T
    place = torch.arange(len(asked))
    wanted = cosines[place, asked[:, 1]][:, None]
    cosines[place, asked[:, 0]] = -torch.inf  # a word is no answer to itself
    above = (cosines > wanted + 1e-9).sum(1)
    level = ((cosines - wanted).abs() <= 1e-9).sum(1)  # the partner itself among them
    return above + (level + 1) / 2


def hits(ranks: Tensor, first: int = 10) -> float:
    """The share of ranks that are among the first."""
    return (ranks <= first).double().mean().item()


def reciprocal(ranks: Tensor) -> float:
    """The mean reciprocal rank."""
    return ranks.double().reciprocal().mean().item()


def chance_of_hit(vocab: int, first: int = 10) -> float:
    """What `hits` is on average where the order of the V - 1 others is random."""
    return min(1.0, first / max(1, vocab - 1))


def chance_reciprocal(vocab: int) -> float:
    """What `reciprocal` is on average then: the harmonic number of V - 1 over V - 1."""
    others = torch.arange(1, max(2, vocab), dtype=torch.float64)
    return others.reciprocal().mean().item()
