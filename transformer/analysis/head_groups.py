"""Heads as groups: the model's width cut into H runs of K features, as channels are cut.

What is cut is the product of queries and keys, and the mixing of values; the four matrices are not
(section 3.2.2 of "Attention Is All You Need"). Row h of `owners` says whose a feature is.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from transformer.attention import MultiHeadAttention


class Cost(NamedTuple):
    """Of one attention on `queries` x `keys` positions: numbers learned, multiplications of the
    four projections, of the scores and of the weighted sums, and weights out of a softmax."""

    parameters: int
    projections: int
    scores: int
    sums: int
    weights: int


def owners(d_model: int, heads: int) -> Tensor:
    """The head of each feature, counted from 0: (D)."""
    return torch.arange(d_model) // (d_model // heads)


def as_one_head(q: Tensor, k: Tensor, allowed: Tensor | None = None) -> Tensor:
    """The weights of a single head that compares all features at once.

    q (H, T, K), k (H, S, K), allowed (T, S) -> softmax(Q Kᵀ / sqrt(D)) of all D = H K: (T, S).
    """
    whole_q, whole_k = (heads.transpose(0, 1).flatten(1) for heads in (q, k))
    scores = whole_q @ whole_k.T / math.sqrt(whole_q.shape[1])
    if allowed is not None:
        scores = scores.masked_fill(~allowed, -math.inf)
    return scores.softmax(-1)


def depthwise(weights: Tensor, v: Tensor) -> Tensor:
    """What the heads make of values, feature by feature, as a depthwise convolution works.

    weights (H, T, S), v (S, D) -> (T, D): feature f of the result reads feature f of the values and
    no other, through the weights of the head that owns f.
    """
    kernels = weights[owners(v.shape[1], len(weights))]  # (D, T, S)
    return torch.einsum("dts,sd->td", kernels, v)


def cost(attention: MultiHeadAttention, queries: int, keys: int) -> Cost:
    """Counted from the shapes: those of the parameters, and those of the two products."""
    matrices = [p.numel() for p in attention.parameters()]
    w_q, w_k, w_v, w_o = (
        module.weight.numel()
        for module in (attention.w_q, attention.w_k, attention.w_v, attention.w_o)
    )
    pairs = attention.heads * queries * keys
    products = pairs * attention.d_k
    projections = queries * (w_q + w_o) + keys * (w_k + w_v)
    return Cost(sum(matrices), projections, products, products, pairs)


def coarse(matrix: Tensor, cells: int) -> Tensor:
    """The root mean square of blocks of a matrix (D, D) -> (cells, cells); cells divides D."""
    step = matrix.shape[0] // cells
    return matrix.square().view(cells, step, cells, step).mean(dim=(1, 3)).sqrt()
