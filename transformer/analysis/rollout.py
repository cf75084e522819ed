"""Attention rollout (Abnar & Zuidema 2020, "Quantifying Attention Flow in Transformers", sec. 3).

In each layer a position keeps half of itself, for the residual connection, and takes the other half
from where it looks: A = 0.5 W + 0.5 I, W the mean over heads. The layers are multiplied.

The paper has one stack. Here the decoder's positions carry two shares, of the prefix and of the
source: self-attention mixes both, and cross-attention replaces half of them by what the source
pieces have become at the end of the encoder. So all shares of a position still sum to 1.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from transformer.analysis.case import Case, Scores


def rollout(case: Case) -> Scores:
    """The shares of the last position; over source and prefix together they sum to 1."""
    memory = through(case.weights("encoder"))
    length = case.prefix.size(1)
    from_prefix, from_src = torch.eye(length), torch.zeros(length, case.src.size(1))
    for own, cross in zip(case.weights("decoder"), case.weights("cross"), strict=True):
        mixed = with_residual(own)
        from_prefix, from_src = mixed @ from_prefix, mixed @ from_src
        from_prefix = 0.5 * from_prefix
        from_src = 0.5 * from_src + 0.5 * cross.mean(0) @ memory
    return Scores(from_src[-1], from_prefix[-1])


def through(layers: Sequence[Tensor]) -> Tensor:
    """The shares after a stack of self-attention: each (..., H, T, T) -> (..., T, T)."""
    shares = with_residual(layers[0])
    for weights in layers[1:]:
        shares = with_residual(weights) @ shares
    return shares


def with_residual(weights: Tensor) -> Tensor:
    """Self-attention (..., H, T, T) -> 0.5 W + 0.5 I, (..., T, T)."""
    return 0.5 * weights.mean(-3) + 0.5 * torch.eye(weights.size(-1))
