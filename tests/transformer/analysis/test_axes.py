"""Directions between words: the definitions, written out."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from transformer.analysis.axes import along_axis, analogy, word_vector

MATRIX = (
    torch.randn(20, 6, generator=torch.Generator().manual_seed(4)) * torch.arange(1, 21)[:, None]
)


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


ROWS = [unit(row) for row in MATRIX.double().numpy()]


def test_an_analogy_is_the_cosine_with_a_minus_b_plus_c() -> None:
    wanted = unit(ROWS[3] - ROWS[5] + unit(ROWS[7] + ROWS[8]))
    found = analogy(MATRIX, [3], [5], [7, 8])
    np.testing.assert_allclose(found, [row @ wanted for row in ROWS], atol=1e-6)


def test_where_a_relation_is_a_direction_the_answer_is_its_end() -> None:
    matrix = torch.eye(6)[:5].clone()
    matrix[4] = matrix[0] - matrix[1] + matrix[2]
    assert analogy(matrix, [0], [1], [2]).argmax() == 4


def test_a_place_on_the_axis_is_a_dot_product() -> None:
    left = (ROWS[1] + ROWS[2]) / 2
    right = (ROWS[9] + unit(ROWS[4] + ROWS[6])) / 2
    places, axis = along_axis(MATRIX, [[1], [2]], [[9], [4, 6]])
    np.testing.assert_allclose(axis, unit(right - left), atol=1e-6)
    np.testing.assert_allclose(places, [row @ unit(right - left) for row in ROWS], atol=1e-6)


def test_groups_change_places_with_the_sign() -> None:
    one, other = (along_axis(MATRIX, *groups)[0] for groups in (([[1]], [[2]]), ([[2]], [[1]])))
    torch.testing.assert_close(one, -other)
    assert along_axis(MATRIX, [[1]], [[1]])[0].count_nonzero() == 0


@pytest.mark.parametrize("ids", [[2], [2, 3, 4]])
def test_a_word_has_length_one(ids: list[int]) -> None:
    assert word_vector(MATRIX, ids).norm().item() == pytest.approx(1)
