"""Contextless, then context: what a piece is at the embedding and after each layer of the encoder.

How far the vectors of one word part over sentences is measured as Ethayarajh (2019), "How
Contextual are Contextualized Word Representations?", does it: by cosine, beside what any two pieces
of these sentences have, because all vectors of a layer may lie in one narrow cone.

P stops on the way: the embedding, with its position, each layer, the end.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from transformer.analysis.projections import pca, unit_rows
from transformer.model import Transformer
from transformer.trace import tracing


def stops_of(model: Transformer) -> dict[str, str]:
    """The stops of a source piece, in order: what each is called, and the tensor of the trace.

    A pre-norm stack ends in a norm of its own, so its memory is a stop more (see layers.py).
    """
    layers = range(len(model.encoder.layers))
    stops = {"embedding": "src_embedding.scaled", "+ position": "src_positions.sum"}
    stops |= {f"layer {layer + 1}": f"encoder.layers.{layer}.output" for layer in layers}
    return stops | ({"memory": "encoder.memory"} if model.config.norm == "pre" else {})


def encoder_states(model: Transformer, src: Sequence[int]) -> Tensor:
    """What a pass over the source ids, [EOS] included, left at each stop: (P, S, D)."""
    with torch.no_grad(), tracing(model) as trace:
        model.encode(torch.tensor([src]), None)
    return torch.stack([trace[name][0] for name in stops_of(model).values()])


def parting(vectors: Tensor) -> Tensor:
    """The mean cosine distance, 1 - cosine, over all pairs of N vectors: (..., N, D) -> (...).

    NaN for fewer than two. By the sum of the unit vectors, without a table of pairs: for u = sum of
    n of them, |u|² = n + 2 · (the sum of the cosines of all pairs).
    """
    units = torch.nn.functional.normalize(vectors.double(), dim=-1)
    count = units.size(-2)
    if count < 2:
        return torch.full(vectors.shape[:-2], torch.nan, dtype=torch.float64)
    own = units.square().sum((-2, -1))  # n, less the rows of zeros
    return 1 - (units.sum(-2).square().sum(-1) - own) / (count * (count - 1))


def parting_of_others(groups: Sequence[Tensor]) -> Tensor:
    """The same over all pairs of vectors that stand in two different groups: the baseline.

    groups: one (P, N_g, D) for each sentence -> (P,); NaN where there are not two groups.
    """
    units = [torch.nn.functional.normalize(group.double(), dim=-1) for group in groups]
    sums = torch.stack([group.sum(-2) for group in units])
    counts = torch.tensor([group.size(-2) for group in units], dtype=torch.float64)
    cosines = sums.sum(0).square().sum(-1) - sums.square().sum((0, -1))
    pairs = counts.sum() ** 2 - counts.square().sum()
    return 1 - cosines / pairs  # 0 / 0 is NaN, as it should be


def distances(vectors: Tensor) -> Tensor:
    """1 - cosine of each pair: (..., N, D) -> (..., N, N)."""
    units = torch.nn.functional.normalize(vectors.float(), dim=-1)
    return (1 - units @ units.mT).clamp(0, 2)


def plane(vectors: Tensor) -> tuple[Tensor, Tensor]:
    """All vectors (..., D) in the plane of their own first two principal components, fitted on
    exactly these: points (..., 2), and the share of the variance that each axis keeps (2,)."""
    rows = vectors.reshape(-1, vectors.size(-1))
    found = min(2, *rows.shape)
    points, share = pca(rows, found)
    points = torch.nn.functional.pad(points, (0, 2 - found))
    return points.view(*vectors.shape[:-1], 2), torch.nn.functional.pad(share, (0, 2 - found))


def nearest_rows(vectors: Tensor, matrix: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The rows of the embedding (V, D) nearest to each of (..., D) by cosine: (ids, cosines), both
    (..., count)."""
    cosines = unit_rows(vectors.reshape(-1, vectors.size(-1))) @ unit_rows(matrix).T
    values, ids = cosines.topk(min(count, len(matrix)), dim=-1)
    shape = (*vectors.shape[:-1], values.size(-1))
    return ids.view(shape), values.clamp(-1, 1).view(shape)
