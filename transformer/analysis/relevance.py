"""Relevance through self- and cross-attention (Chefer, Gur & Wolf 2021, "Generic Attention-model
Explainability for Interpreting Bi-Modal and Encoder-Decoder Transformers", sections 3.1 to 3.3).

i is the encoder's input, t the decoder's. A relevance R starts as the identity, or as 0 between
the two, and each layer adds to it. Nothing flows from target to source: equation 11 has no part.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from transformer.analysis.case import Case, Kind, Scores
from transformer.analysis.gradient_attention import weighted


def relevance(case: Case) -> Scores:
    """The last row of R_ti, and of R_tt without the identity that it started as. None is negative.

    Equation 5: A = mean over heads of max(0, d logit / d A · A), `weighted`.
    """
    of_src = added_up(layers(case, "encoder"))
    length = case.prefix.size(1)
    of_prefix, between = torch.eye(length), torch.zeros(length, case.src.size(1))
    for own, cross in zip(layers(case, "decoder"), layers(case, "cross"), strict=True):
        of_prefix, between = of_prefix + own @ of_prefix, between + own @ between  # 6 and 7
        between = between + normalised(of_prefix).T @ cross @ normalised(of_src)  # 10
    return Scores(between[-1], of_prefix[-1] - torch.eye(length)[-1])


def added_up(layers: Sequence[Tensor]) -> Tensor:
    """Equation 6, R_ii, of a stack of self-attention: what equation 5 gives for each layer, all
    (..., T, T) -> (..., T, T)."""
    relevance = torch.eye(layers[0].size(-1))
    for attention in layers:
        relevance = relevance + attention @ relevance
    return relevance


def layers(case: Case, kind: Kind) -> list[Tensor]:
    """Equation 5 for each layer of one kind of attention: (queries, keys) each."""
    pairs = zip(case.weights(kind), case.weight_gradients(kind), strict=True)
    return [weighted(weights, gradient) for weights, gradient in pairs]


def normalised(relevance: Tensor) -> Tensor:
    """Equations 8 and 9: what was added to the identity, each row summing to 1, and the identity.

    A row to which nothing was added stays the identity's.
    """
    identity = torch.eye(len(relevance))
    added = relevance - identity
    sums = added.sum(-1, keepdim=True)
    return torch.where(sums > 0, added / sums, 0.0) + identity
