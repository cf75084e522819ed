"""How far two passes part, against scipy-free definitions and at the ends of the scale."""

from __future__ import annotations

import numpy as np
import pytest
from torch import tensor

from transformer.analysis.comparison import divergence, first_parting, head_changes, softmax


def test_divergence_is_the_entropy_gained_by_mixing() -> None:
    """JS(p, q) = H((p + q) / 2) - (H(p) + H(q)) / 2: another form of the same."""
    draws = np.random.default_rng(3)
    p, q = draws.dirichlet(np.ones(6), 20), draws.dirichlet(np.ones(6), 20)

    def entropy(x: np.ndarray) -> np.ndarray:
        return np.asarray(-(x * np.log2(x)).sum(-1))

    wanted = entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2
    np.testing.assert_allclose(divergence(p, q), wanted, atol=1e-12)
    np.testing.assert_allclose(divergence(q, p), wanted, atol=1e-12)


def test_divergence_is_0_for_equal_and_1_for_disjoint_rows() -> None:
    rows = np.array([[1.0, 0.0, 0.0], [0.0, 0.4, 0.6]])
    assert divergence(rows, rows).tolist() == [0.0, 0.0]
    np.testing.assert_allclose(divergence(rows[0], rows[1]), 1.0)


def test_the_heads_that_moved_are_named_from_one() -> None:
    before = {"encoder": np.full((2, 3, 4, 4), 0.25), "cross": np.full((1, 3, 2, 4), 0.25)}
    after = {"encoder": before["encoder"].copy(), "cross": np.full((1, 3, 2, 5), 0.2)}
    after["encoder"][1, 2, 0] = [1, 0, 0, 0]
    moved = head_changes(before, after)
    assert len(moved) == 6  # cross has another number of source pieces
    assert [name for name, value in moved.items() if value] == [("encoder", 2, 3)]
    wanted = float(divergence(before["encoder"][1, 2, 0], after["encoder"][1, 2, 0])) / 4
    assert moved["encoder", 2, 3] == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [([5, 6], [5, 6], None), ([5, 6], [5, 7], 1), ([5], [5, 7], 1), ([], [], None), ([4], [], 0)],
)
def test_the_first_parting(before: list[int], after: list[int], place: int | None) -> None:
    assert first_parting(before, after) == place


def test_softmax_is_torchs() -> None:
    logits = np.array([[1.0, -2.0, 80.0], [0.0, 0.0, 0.0]], np.float32)
    np.testing.assert_allclose(softmax(logits), tensor(logits).double().softmax(-1).numpy())
