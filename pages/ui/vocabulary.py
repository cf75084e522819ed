"""The vocabulary of a model as the map needs it: labels, kinds, neighbours. Cached by model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pages.ui.models import ModelInfo, embedding_matrix, load
from pages.ui.pieces import readable
from pages.ui.word_views import kinds_of


@dataclass(frozen=True)
class Vocabulary:
    """matrix (V, D) float32; labels readable, one a row; kinds (V,) uint8."""

    matrix: np.ndarray
    labels: list[str]
    kinds: np.ndarray


def vocabulary(info: ModelInfo, side: str = "src") -> Vocabulary:
    """The source or target vocabulary of a model. Raises `LookError` and `BundleError`."""
    matrix, labels = embedding_matrix(info, side)
    bundle = load(info)
    tokenizer = bundle.src_tokenizer if side == "src" else bundle.tgt_tokenizer
    return Vocabulary(
        matrix, [readable(label) for label in labels], kinds_of(labels, tokenizer.is_byte_level)
    )


def neighbours(matrix: np.ndarray, row: int, count: int = 12) -> tuple[list[int], list[float]]:
    """The rows nearest to `row` by cosine in all D dimensions: their numbers and cosines."""
    import torch

    from transformer.analysis.projections import nearest

    indices, cosines = nearest(torch.tensor(matrix), row, count)
    return indices.tolist(), cosines.tolist()
