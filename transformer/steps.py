"""One step of decoding: from prefixes to the distribution of the next piece, and what comes of it.

Keys and values of the past are kept, so a step costs one position. Under edits (head ablation,
attention surgery) every step runs the whole target prefix again, because an edit may reach into the
past.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from transformer.cache import LayerCache
from transformer.masks import causal_mask, padding_mask
from transformer.model import Transformer
from transformer.tokenizer import EOS, PAD, SOS
from transformer.trace import Edit, tracing

SOURCE = ("src_", "encoder.")  # names of what is made of the source alone
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


def hypothesis(
    ids: list[int], token_log_probs: list[float], score: float | None = None
) -> Hypothesis:
    """Cut at the first `[EOS]`; the score is the log-probability unless one is given."""
    finished = EOS in ids
    length = ids.index(EOS) if finished else len(ids)
    kept = token_log_probs[: length + finished]
    log_prob = sum(kept)
    return Hypothesis(ids[:length], kept, log_prob, log_prob if score is None else score, finished)


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

    def select(self, rows: Tensor, same_sources: bool = False) -> None:
        """Go on with these rows of the batch: rows (B',); same_sources: each has the source of the
        row that it replaces."""
        if not same_sources:
            self.memory, self.src_mask = self.memory[rows], self.src_mask[rows]
        for cache in self.caches:
            cache.select(rows, same_sources)


class EditedSteps:
    """The same distribution with edits applied to every tensor of every step.

    The source does not grow, so it is encoded once, under the edits of its own tensors; no key and
    no value of the target is kept.
    """

    def __init__(self, model: Transformer, src: Tensor, edits: Mapping[str, Edit]) -> None:
        self.model = model
        self.src_mask = padding_mask(src)
        of_source = {name: edit for name, edit in edits.items() if name.startswith(SOURCE)}
        self.edits = {name: edit for name, edit in edits.items() if name not in of_source}
        with tracing(model, of_source):
            self.memory = model.encode(src, self.src_mask)

    def log_probs(self, prefixes: Tensor) -> Tensor:
        """prefixes (B, T) -> log P of the next piece (B, V)."""
        mask = causal_mask(prefixes.size(1), prefixes.device)
        with tracing(self.model, self.edits):
            logits = self.model.decode(prefixes, self.memory, mask, self.src_mask)
        return logits[:, -1].log_softmax(dim=-1)

    def select(self, rows: Tensor, same_sources: bool = False) -> None:
        """Go on with these rows of the batch: rows (B',); same_sources: each has the source of the
        row that it replaces."""
        if not same_sources:
            self.memory, self.src_mask = self.memory[rows], self.src_mask[rows]


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
