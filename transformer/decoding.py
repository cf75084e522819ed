"""From a trained model to a sentence: greedy, beam search and sampling, one position at a time.

Keys and values of the past are kept, so a step costs one position. Under edits (head ablation,
attention surgery) every step runs the whole prefix again, because an edit may reach into the past.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from transformer.cache import LayerCache
from transformer.masks import padding_mask
from transformer.model import Transformer
from transformer.tokenizer import EOS, PAD, SOS
from transformer.trace import Edit, tracing

EXTRA_TOKENS = 50  # a translation may be this much longer than its source (section 6.1)


@dataclass(frozen=True)
class Hypothesis:
    """A decoded target.

    ids: its pieces, without `[SOS]` and `[EOS]`. token_log_probs: log P of each piece, and of the
    `[EOS]` when it is `finished`; log_prob is their sum, score what it was ranked by.
    """

    ids: list[int]
    token_log_probs: list[float] = field(repr=False)
    log_prob: float
    score: float
    finished: bool


class Steps:
    """The next-piece distribution of a growing batch of prefixes; keys and values are kept."""

    def __init__(self, model: Transformer, src: Tensor) -> None:
        self.model = model
        self.src_mask = padding_mask(src)
        self.memory = model.encode(src, self.src_mask)
        self.caches = [LayerCache() for _ in model.decoder.layers]

    def log_probs(self, prefixes: Tensor) -> Tensor:
        """prefixes (B, T), a piece longer than the last time -> log P of the next piece (B, V)."""
        start = prefixes.size(1) - 1
        logits = self.model.decode(
            prefixes[:, -1:], self.memory, None, self.src_mask, self.caches, start
        )
        return logits[:, -1].log_softmax(dim=-1)

    def select(self, rows: Tensor) -> None:
        """Go on with these rows of the batch: rows (B',)."""
        self.memory, self.src_mask = self.memory[rows], self.src_mask[rows]
        for cache in self.caches:
            cache.select(rows)


class EditedSteps:
    """The same distribution with edits applied to every tensor of every step; nothing is kept."""

    def __init__(self, model: Transformer, src: Tensor, edits: Mapping[str, Edit]) -> None:
        self.model, self.src, self.edits = model, src, edits

    def log_probs(self, prefixes: Tensor) -> Tensor:
        """prefixes (B, T) -> log P of the next piece (B, V)."""
        with tracing(self.model, self.edits):
            logits = self.model(self.src, prefixes)
        return logits[:, -1].log_softmax(dim=-1)

    def select(self, rows: Tensor) -> None:
        """Go on with these rows of the batch: rows (B',)."""
        self.src = self.src[rows]


def steps(model: Transformer, src: Tensor, edits: Mapping[str, Edit] | None) -> Steps | EditedSteps:
    """The cached steps, or the edited ones where there are edits."""
    return EditedSteps(model, src, edits) if edits else Steps(model, src)


def longest(model: Transformer, src: Tensor, max_tokens: int | None) -> list[int]:
    """How many pieces the target of each row of `src` (B, S) may have, its `[EOS]` included.

    Padding does not count, so that a sentence decodes alike alone and in a batch.
    """
    if max_tokens is not None and max_tokens < 1:
        raise ValueError(f"A target needs room for at least 1 token, not {max_tokens}.")
    lengths: list[int] = (src != PAD).sum(dim=1).tolist()
    limits = [max_tokens or length + EXTRA_TOKENS for length in lengths]
    return [min(limit, model.config.max_tokens - 1) for limit in limits]


def choosable(log_probs: Tensor) -> Tensor:
    """log_probs (B, V) with `[PAD]` and `[SOS]` ruled out: they never stand inside a target."""
    log_probs = log_probs.clone()
    log_probs[:, [PAD, SOS]] = -torch.inf
    return log_probs


@torch.no_grad()
def greedy(
    model: Transformer,
    src: Tensor,
    max_tokens: int | None = None,
    edits: Mapping[str, Edit] | None = None,
) -> list[Hypothesis]:
    """The likeliest piece at each step: src (B, S), padded with 0 -> one hypothesis a row."""
    return _one_by_one(model, src, max_tokens, edits, lambda log_probs: log_probs.argmax(dim=-1))


@torch.no_grad()
def sample(
    model: Transformer,
    src: Tensor,
    seeds: list[int],
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    max_tokens: int | None = None,
    edits: Mapping[str, Edit] | None = None,
) -> list[Hypothesis]:
    """Pieces drawn by their probability: src (B, S), a seed a row -> one hypothesis a row.

    temperature, from 0.01 to 100, flattens (above 1) or sharpens (below 1); only the `top_k`
    likeliest pieces are drawn from (0: all), and of these the fewest that hold `top_p` of the
    probability (nucleus sampling, Holtzman et al., 2020). The log-probabilities reported are the
    model's own.
    """
    if not 0.01 <= temperature <= 100 or top_k < 0 or not 0 < top_p <= 1:
        raise ValueError(
            "Sampling needs a temperature from 0.01 to 100, top_k >= 0 and 0 < top_p <= 1."
        )
    generators = [torch.Generator(src.device).manual_seed(seed) for seed in seeds]

    def choose(log_probs: Tensor) -> Tensor:
        probs = nucleus((log_probs / temperature).softmax(dim=-1), top_k, top_p)
        rows = zip(probs, generators, strict=True)
        return torch.cat([torch.multinomial(row, 1, generator=draw) for row, draw in rows])

    return _one_by_one(model, src, max_tokens, edits, choose)


def nucleus(probs: Tensor, top_k: int, top_p: float) -> Tensor:
    """probs (B, V) with all but the `top_k` and the nucleus of mass `top_p` at 0, not rescaled."""
    ordered, order = probs.sort(dim=-1, descending=True)
    keep = ordered.cumsum(dim=-1) - ordered < top_p  # the mass before this piece
    if top_k:
        keep[:, top_k:] = False
    return torch.zeros_like(probs).scatter(-1, order, ordered * keep)


def _one_by_one(
    model: Transformer,
    src: Tensor,
    max_tokens: int | None,
    edits: Mapping[str, Edit] | None,
    choose: Callable[[Tensor], Tensor],
) -> list[Hypothesis]:
    """One hypothesis a row, its next piece by `choose` (log_probs (B, V) -> ids (B,))."""
    limits = longest(model, src, max_tokens)
    stepper = steps(model, src, edits)
    rows = src.size(0)
    prefixes = torch.full((rows, 1), SOS, device=src.device)
    log_probs_taken: list[Tensor] = []
    ended = torch.zeros(rows, dtype=torch.bool, device=src.device)
    for _ in range(max(limits)):
        log_probs = stepper.log_probs(prefixes)
        taken = choose(choosable(log_probs))
        log_probs_taken.append(log_probs.gather(-1, taken[:, None])[:, 0])
        prefixes = torch.cat([prefixes, taken[:, None]], dim=1)
        ended |= taken == EOS
        if ended.all():
            break
    table = torch.stack(log_probs_taken, dim=1).tolist()
    return [
        _hypothesis(ids[1 : limit + 1], row[:limit])
        for ids, row, limit in zip(prefixes.tolist(), table, limits, strict=True)
    ]


def _hypothesis(
    ids: list[int], token_log_probs: list[float], score: float | None = None
) -> Hypothesis:
    """Cut at the first `[EOS]`; the score is the log-probability unless one is given."""
    finished = EOS in ids
    length = ids.index(EOS) if finished else len(ids)
    kept = token_log_probs[: length + finished]
    log_prob = sum(kept)
    return Hypothesis(ids[:length], kept, log_prob, log_prob if score is None else score, finished)


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
        log_probs = stepper.log_probs(prefixes)
        chosen: list[tuple[int, int, int]] = []  # (row, piece, search)
        for number in dict.fromkeys(row_of):
            rows = [row for row, owner in enumerate(row_of) if owner == number]
            grown = searches[number].grow(log_probs[rows])
            chosen += [(rows[place], piece, number) for place, piece in grown]
        if not chosen:
            break
        rows_kept = torch.tensor([row for row, _, _ in chosen], device=src.device)
        pieces = torch.tensor([piece for _, piece, _ in chosen], device=src.device)
        prefixes = torch.cat([prefixes[rows_kept], pieces[:, None]], dim=1)
        stepper.select(rows_kept)
        row_of = [number for _, _, number in chosen]
    return [search.best() for search in searches]


class BeamSearch:
    """The search of one sentence: its open prefixes and the best targets that ended."""

    def __init__(self, beams: int, alpha: float, longest: int) -> None:
        self.beams, self.alpha, self.longest = beams, alpha, longest
        self.open: list[tuple[list[int], list[float]]] = [([], [])]
        self.done: list[Hypothesis] = []

    def grow(self, log_probs: Tensor) -> list[tuple[int, int]]:
        """log_probs (open, V) of each open prefix's next piece -> the (prefix, piece) pairs to go
        on with, none when the search has ended."""
        totals = torch.tensor([sum(taken) for _, taken in self.open], dtype=torch.float64)
        scores = totals[:, None] + choosable(log_probs).double().cpu()
        best = scores.flatten().topk(min(2 * self.beams, scores.numel()))
        grown: list[tuple[list[int], list[float]]] = []
        chosen: list[tuple[int, int]] = []
        for rank, place in enumerate(best.indices[best.values > -torch.inf].tolist()):
            row, piece = divmod(place, scores.size(1))
            ids, taken = self.open[row]
            path = ([*ids, piece], [*taken, float(log_probs[row, piece])])
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
        return _hypothesis(ids, taken, sum(taken) / length_penalty(len(taken), self.alpha))

    def _end(self, ids: list[int], taken: list[float]) -> None:
        self.done.append(self._scored(ids, taken))
        self.done.sort(key=lambda hypothesis: -hypothesis.score)
        del self.done[self.beams :]

    def _is_over(self) -> bool:
        """True when enough targets ended, none is open, or the length ran out."""
        enough = len(self.done) >= self.beams
        return enough or not self.open or len(self.open[0][0]) >= self.longest
