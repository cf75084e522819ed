"""Statistical vectors equal the definition, written as loops, and numpy's decomposition."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from transformer.analysis.pairs import (
    chance_of_hit,
    chance_reciprocal,
    hits,
    pair_ranks,
    reciprocal,
)
from transformer.analysis.ppmi import pair_counts, ppmi, vectors

VOCAB = 7
LINES = st.lists(st.lists(st.integers(0, VOCAB - 1), max_size=9), max_size=8)


def counted(lines: list[list[int]], window: int) -> Counter[tuple[int, int]]:
    found: Counter[tuple[int, int]] = Counter()
    for line in lines:
        for i, word in enumerate(line):
            for j, other in enumerate(line):
                if i != j and abs(i - j) <= window:
                    found[word, other] += 1
    return found


@given(LINES, st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_counts_and_ppmi_equal_a_naive_loop(lines: list[list[int]], window: int) -> None:
    counts, wanted = pair_counts(lines, VOCAB, window), counted(lines, window)
    assert {
        (a, b): int(n) for a, row in enumerate(counts.to_dense().tolist())
        for b, n in enumerate(row) if n
    } == dict(wanted)  # fmt: skip
    found, everything = ppmi(counts).to_dense(), sum(wanted.values())
    total = Counter[int]()
    for (word, _), times in wanted.items():
        total[word] += times
    for a in range(VOCAB):
        for b in range(VOCAB):
            times = wanted[a, b]
            value = math.log(times * everything / total[a] / total[b]) if times else 0
            assert found[a, b].item() == pytest.approx(max(0.0, value), abs=1e-5)


def test_the_vectors_are_those_of_numpys_decomposition() -> None:
    generator = torch.Generator().manual_seed(1)
    table = torch.rand(40, 40, generator=generator) * (
        torch.rand(40, 40, generator=generator) > 0.7
    )
    table = table + table.T
    left, sizes, _ = np.linalg.svd(table.numpy())
    for width in (5, 40, 50):
        found = vectors(table.to_sparse(), width)
        kept = min(width, 40)
        wanted = left[:, :kept] * np.sqrt(sizes[:kept])
        assert found.shape == (40, width)
        # The signs of singular vectors are free, their products with each other are not.
        np.testing.assert_allclose(found @ found.T, wanted @ wanted.T, atol=1e-3)
    torch.testing.assert_close(vectors(table.to_sparse(), 5), vectors(table.to_sparse(), 5))


def test_a_text_without_pairs_has_vectors_of_zeros() -> None:
    assert vectors(ppmi(pair_counts([[1], [2]], 5, 3)), 3).count_nonzero() == 0


def test_a_rank_counts_all_that_are_nearer() -> None:
    matrix = torch.randn(12, 4, generator=torch.Generator().manual_seed(3))
    units = (matrix / matrix.norm(dim=1, keepdim=True)).numpy()
    pairs = [(0, 5), (3, 4)]
    wanted = [
        1 + sum(units[a] @ units[k] > units[a] @ units[b] for k in range(12) if k not in (a, b))
        for a, b in [*pairs, *((b, a) for a, b in pairs)]
    ]
    assert pair_ranks(matrix, pairs).tolist() == wanted


def test_rows_of_zeros_are_in_the_middle_and_never_first() -> None:
    assert pair_ranks(torch.zeros(11, 3), [(0, 1)]).tolist() == [5.5, 5.5]


def test_scores_and_their_chance() -> None:
    ranks = torch.tensor([1.0, 2.0, 20.0, 4.0])
    assert hits(ranks) == 0.75 and reciprocal(ranks) == pytest.approx((1 + 0.5 + 0.05 + 0.25) / 4)
    generator = torch.Generator().manual_seed(0)
    many = torch.cat(
        [pair_ranks(torch.randn(41, 60, generator=generator), [(0, 1), (2, 3)]) for _ in range(900)]
    )
    assert hits(many) == pytest.approx(chance_of_hit(41), abs=0.03)
    assert reciprocal(many) == pytest.approx(chance_reciprocal(41), abs=0.02)
