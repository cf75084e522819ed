"""Two passes over the same target, before and after an edit: where and how far they part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np


def divergence(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """The Jensen-Shannon divergence in bits, 0 (equal) to 1 (nothing shared), over the last axis
    (Lin, 1991, section IV)."""
    wide_p, wide_q = p.astype(np.float64), q.astype(np.float64)
    middle = (wide_p + wide_q) / 2
    return np.maximum(0.0, (_relative(wide_p, middle) + _relative(wide_q, middle)) / 2)


def _relative(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Relative entropy of p to q in bits; what p gives no weight counts nothing."""
    ratio = np.divide(p, q, out=np.ones_like(p), where=p > 0)
    return (p * np.log2(ratio)).sum(axis=-1)


def head_changes(
    before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray]
) -> dict[tuple[str, int, int], float]:
    """How far each head's weights moved: the mean over its rows of their divergence, in bits.

    before and after map a kind to weights (L, H, rows, columns); a kind whose sizes differ, because
    the source has other pieces now, is left out. Layers and heads count from 1.
    """
    found = {}
    for kind, weights in before.items():
        if weights.shape != after[kind].shape:
            continue
        moved = divergence(weights, after[kind]).mean(axis=-1)
        for (layer, head), value in np.ndenumerate(moved):
            found[kind, layer + 1, head + 1] = float(value)
    return found


def first_parting(before: Sequence[int], after: Sequence[int]) -> int | None:
    """The first place where two targets differ, None where they are equal.

    Where one goes on and the other has ended, that is the place behind the shorter one.
    """
    for place, (one, other) in enumerate(zip(before, after, strict=False)):
        if one != other:
            return place
    return None if len(before) == len(after) else min(len(before), len(after))


def softmax(logits: np.ndarray) -> np.ndarray:
    """logits (..., V) -> probabilities over the last axis, in float64."""
    wide = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    total: np.ndarray = wide.sum(axis=-1, keepdims=True)
    return np.asarray(wide / total)
