"""Pairs of words out of attention."""

from __future__ import annotations

import numpy as np

from transformer.analysis.alignment import align, word_weights


def test_a_word_looks_as_its_pieces_do_on_average() -> None:
    attention = np.array([[0.1, 0.2, 0.7], [0.3, 0.4, 0.3], [1.0, 0.0, 0.0]])
    found = word_weights(attention, [(0, 2), (2, 3)], [(0, 2), (2, 3)])
    np.testing.assert_allclose(found, [[0.5, 0.5], [1.0, 0.0]])
    np.testing.assert_allclose(found.sum(1), 1)


def test_red_car_becomes_macchina_rossa() -> None:
    weights = np.array([[0.9, 0.1, 0.0, 0.0], [0.1, 0.1, 0.8, 0.0], [0.0, 0.7, 0.3, 0.0]])
    found = align(weights, 0.3, ["la", "macchina", "rossa"])  # the red car drives
    assert found.pairs == [(0, 0), (1, 2), (2, 1), (2, 2)]
    assert found.crossings == [((1, 2), (2, 1))]
    assert (found.dropped, found.repeated) == ([3], [2])


def test_above_every_weight_all_is_dropped_and_nothing_crosses() -> None:
    found = align(np.array([[0.1, 0.9], [0.9, 0.1]]), 0.95, ["a", "b"])
    assert (found.pairs, found.dropped, found.repeated, found.crossings) == ([], [0, 1], [], [])


def test_a_full_stop_crosses_nobody() -> None:
    weights = np.array([[0.1, 0.9], [0.9, 0.1]])
    assert align(weights, 0.5, ["casa", "piccola"]).crossings
    assert align(weights, 0.5, ["casa", "."]).crossings == []


def test_words_in_the_same_order_do_not_cross() -> None:
    assert align(np.eye(4), 0.5, "abcd").crossings == []
