"""Directions between words: a - b + c, and a line from one group of words to another.

Rows count at length 1, so that a frequent piece with a long row pulls no harder than a rare one
(Mikolov, Yih & Zweig, 2013, "Linguistic Regularities in Continuous Space Word Representations",
whose 3CosAdd the first is).
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from transformer.analysis.projections import unit_rows


def word_vector(matrix: Tensor, ids: Sequence[int]) -> Tensor:
    """A word as a vector of length 1: the mean of its pieces' rows of (V, D), at length 1."""
    return unit_rows(unit_rows(matrix[list(ids)]).mean(0))


def analogy(matrix: Tensor, a: Sequence[int], b: Sequence[int], c: Sequence[int]) -> Tensor:
    """cos(row, a - b + c) of every row of (V, D), a, b and c being words in pieces: (V,)."""
    wanted = word_vector(matrix, a) - word_vector(matrix, b) + word_vector(matrix, c)
    return unit_rows(matrix) @ unit_rows(wanted)


def along_axis(
    matrix: Tensor, left: Sequence[Sequence[int]], right: Sequence[Sequence[int]]
) -> tuple[Tensor, Tensor]:
    """Where every row of (V, D) lies between two groups of words: (V,), and the axis (D,).

    The axis has length 1 and points from the mean of the words on the left to that on the right;
    a place is the dot product of axis and row, the row at length 1, so it lies in -1..1. It is 0
    for what is at right angles to the axis. Zeros where the two groups have the same mean.
    """
    ends = [torch.stack([word_vector(matrix, w) for w in g]).mean(0) for g in (left, right)]
    axis = unit_rows(ends[1] - ends[0])
    return unit_rows(matrix) @ axis, axis
