"""The embedding matrix seen from afar: principal components, and who is near whom by cosine."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from transformer.config import ModelConfig
from transformer.model import embedding_matrix

CHUNK = 1024  # rows compared with all others at a time: 1024 x 16k float32 are 64 MB


def pca(matrix: Tensor, components: int) -> tuple[Tensor, Tensor]:
    """Principal components of the rows of (V, D): points (V, components), and the share of the
    variance that each keeps.

    Computed in float64. Each axis points where its largest weight is positive, so that the same
    matrix always gives the same picture. Raises ValueError for more components than dimensions.
    """
    size, dims = matrix.shape
    if not 1 <= components <= min(size, dims):
        raise ValueError(f"{components} components of a ({size}, {dims}) matrix do not exist.")
    centred = matrix.to(torch.float64, copy=True)
    centred -= centred.mean(0)
    variances, axes = torch.linalg.eigh(centred.T @ centred / max(1, size - 1))
    axes = axes.flip(1)[:, :components]
    largest = axes.gather(0, axes.abs().argmax(0, keepdim=True))
    axes = axes * torch.where(largest < 0, -1.0, 1.0)
    total = variances.clamp(min=0).sum()
    share = variances.flip(0)[:components].clamp(min=0) / (total if total > 0 else 1.0)
    return (centred @ axes).float(), share.float()


def unit_rows(matrix: Tensor) -> Tensor:
    """Each row of (..., D) at length 1; a row of zeros stays."""
    return torch.nn.functional.normalize(matrix.float(), dim=-1)


def nearest(matrix: Tensor, row: int, count: int) -> tuple[Tensor, Tensor]:
    """The `count` rows nearest to `row` by cosine, itself left out: (indices, cosines).

    Raises IndexError for a row that does not exist.
    """
    if not 0 <= row < len(matrix):
        raise IndexError(f"There is no row {row} in a matrix of {len(matrix)}.")
    units = unit_rows(matrix)
    cosines = (units @ units[row]).clamp(-1, 1)
    cosines[row] = -torch.inf
    values, indices = cosines.topk(min(count, len(matrix) - 1))
    return indices, values


def nearest_by_distance(matrix: Tensor, row: int, count: int) -> tuple[Tensor, Tensor]:
    """The `count` rows nearest to `row` by Euclid's distance, itself left out: (indices,
    distances). Raises IndexError for a row that does not exist."""
    if not 0 <= row < len(matrix):
        raise IndexError(f"There is no row {row} in a matrix of {len(matrix)}.")
    distances = (matrix.float() - matrix[row].float()).norm(dim=1)
    distances[row] = torch.inf
    values, indices = distances.topk(min(count, len(matrix) - 1), largest=False)
    return indices, values


def neighbour_graph(matrix: Tensor, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The exact `count` nearest rows of every row by cosine distance, itself first.

    Returns indices (V, count) in int32 and distances 1 - cosine (V, count) in float32: what UMAP
    takes as `precomputed_knn`.
    """
    units = unit_rows(matrix)
    count = min(count, len(units))
    indices, distances = [], []
    for start in range(0, len(units), CHUNK):
        cosines = units[start : start + CHUNK] @ units.T
        own = torch.arange(len(cosines))
        cosines[own, own + start] = torch.inf  # itself first, whatever rounding says of twins
        values, near = cosines.topk(count, dim=1)
        values[:, 0] = 1.0
        indices.append(near)
        distances.append((1 - values).clamp(min=0))
    return torch.cat(indices).int().numpy(), torch.cat(distances).numpy()


def untrained_rows(config: ModelConfig, seed: int, side: str) -> Tensor:
    """The embedding (V, D) of a `Transformer(config)` made after `torch.manual_seed(seed)`, without
    the rest of it; side is "src" or "tgt". The seed of everybody else stays as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        tgt = embedding_matrix(config.tgt_vocab, config.d_model)  # in the order of model.py
        if side == "tgt" or config.tie_embeddings:
            return tgt.detach()
        return embedding_matrix(config.src_vocab, config.d_model).detach()
