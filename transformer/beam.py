"""Beam search (section 6.1): the best targets found by going on with a few prefixes at a time."""

import math
from collections.abc import Mapping, Sequence
from itertools import groupby

import torch
from torch import Tensor

from transformer.model import Transformer
from transformer.steps import Hypothesis, choosable, hypothesis, longest, steps
from transformer.tokenizer import EOS, SOS
from transformer.trace import Edit

Option = tuple[int, float]
"""A piece and its log-probability."""


def length_penalty(length: int, alpha: float) -> float:
    """((5 + length) / 6)^alpha, which divides a log-probability (Wu et al., 2016, equation 14)."""
    return float(((5 + length) / 6) ** alpha)


@torch.no_grad()
def beam_search(
    model: Transformer,
    src: Tensor,
    beams: int = 4,
    alpha: float = 0.6,
    max_tokens: int | None = None,
    edits: Mapping[str, Edit] | None = None,
) -> list[list[Hypothesis]]:
    """The `beams` best targets that the search finds: src (B, S) -> per row, best first.

    A target's score is its log-probability over `length_penalty` of its pieces and `[EOS]`
    (beams 4 and alpha 0.6 are section 6.1's). At each step a target ends where its `[EOS]` ranks
    among the `beams` best ways to go on, and a row's search is over when `beams` targets have
    ended; one beam is greedy. Where the length runs out, open prefixes stand unfinished.
    """
    if beams < 1:
        raise ValueError(f"Beam search needs at least 1 beam, not {beams}.")
    stepper = steps(model, src, edits)
    searches = [BeamSearch(beams, alpha, limit) for limit in longest(model, src, max_tokens)]
    row_of = list(range(len(searches)))  # the search of each row of the batch
    prefixes = torch.full((src.size(0), 1), SOS, device=src.device)
    while row_of:
        # Of each row no more than these can be among a search's best.
        likeliest = choosable(stepper.log_probs(prefixes))
        values, pieces_of = likeliest.topk(min(2 * beams, likeliest.size(1)))
        options = [
            list(zip(*of_row, strict=True))
            for of_row in zip(pieces_of.tolist(), values.tolist(), strict=True)
        ]
        chosen: list[tuple[int, int, int]] = []  # (row, piece, search)
        for number, rows in groupby(range(len(row_of)), row_of.__getitem__):
            own = list(rows)
            grown = searches[number].grow([options[row] for row in own])
            chosen += [(own[place], piece, number) for place, piece in grown]
        if not chosen:
            break
        rows_kept = torch.tensor([row for row, _, _ in chosen], device=src.device)
        pieces = torch.tensor([piece for _, piece, _ in chosen], device=src.device)
        prefixes = torch.cat([prefixes[rows_kept], pieces[:, None]], dim=1)
        before, row_of = row_of, [number for _, _, number in chosen]
        stepper.select(rows_kept, same_sources=row_of == before)
    return [search.best() for search in searches]


class BeamSearch:
    """The search of one sentence: its open prefixes and the best targets that ended."""

    def __init__(self, beams: int, alpha: float, longest: int) -> None:
        self.beams, self.alpha, self.longest = beams, alpha, longest
        self.open: list[tuple[list[int], list[float]]] = [([], [])]
        self.done: list[Hypothesis] = []

    def grow(self, options: Sequence[Sequence[Option]]) -> list[tuple[int, int]]:
        """options: of each open prefix its likeliest next pieces, 2 x beams where the vocabulary
        has as many -> the (prefix, piece) pairs to go on with, none when the search has ended."""
        ranked = sorted(
            (-(sum(self.open[row][1]) + log_prob), row, piece, log_prob)
            for row, pieces in enumerate(options)
            for piece, log_prob in pieces
            if log_prob > -math.inf
        )
        grown: list[tuple[list[int], list[float]]] = []
        chosen: list[tuple[int, int]] = []
        for rank, (_, row, piece, log_prob) in enumerate(ranked[: 2 * self.beams]):
            ids, taken = self.open[row]
            path = ([*ids, piece], [*taken, log_prob])
            if piece == EOS:
                if rank < self.beams:
                    self._end(*path)
            elif len(grown) < self.beams:
                grown.append(path)
                chosen.append((row, piece))
        self.open = grown
        return [] if self._is_over() else chosen

    def best(self) -> list[Hypothesis]:
        """The ended targets, filled up with open prefixes where too few ended; best first."""
        missing = self.beams - len(self.done)
        open_ones = [self._scored(*path) for path in self.open[:missing]] if missing > 0 else []
        return self.done + sorted(open_ones, key=lambda h: -h.score)

    def _scored(self, ids: list[int], taken: list[float]) -> Hypothesis:
        return hypothesis(ids, taken, sum(taken) / length_penalty(len(taken), self.alpha))

    def _end(self, ids: list[int], taken: list[float]) -> None:
        self.done.append(self._scored(ids, taken))
        self.done.sort(key=lambda done: -done.score)
        del self.done[self.beams :]

    def _is_over(self) -> bool:
        """True when enough targets ended, none is open, or the length ran out."""
        enough = len(self.done) >= self.beams
        return enough or not self.open or len(self.open[0][0]) >= self.longest
