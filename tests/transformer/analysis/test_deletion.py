"""Deletion curves: where they begin and end, what they measure, and who wins."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from transformer.analysis.case import Case, Scores, open_case
from transformer.analysis.deletion import (
    Curves,
    chance_orders,
    deletion_curves,
    halved,
    ranking,
    schedule,
    winners,
)
from transformer.analysis.hiding import hideable, log_probs_without
from transformer.analysis.occlusion import occlusion
from transformer.model import Transformer


def test_specials_are_never_hidden(case: Case) -> None:
    assert hideable(case) == [0, 1, 2, 3, 4, 5, 8, 9, 10]


def test_curves_start_at_the_full_probability_and_end_with_all_hidden(case: Case) -> None:
    places = hideable(case)
    orders = [ranking(occlusion(case), places), *chance_orders(places, 3)]
    curves = deletion_curves(case, orders)
    assert curves.hidden == list(range(10)) and curves.probability.shape == (4, 10)
    full = torch.tensor(case.log_prob).exp().item()
    assert curves.probability[:, 0].tolist() == pytest.approx([full] * 4, rel=1e-4)
    bare = torch.ones(1, 11, dtype=torch.bool)
    bare[0, [6, 7]] = False
    wanted = log_probs_without(case, bare).exp().item()
    assert curves.probability[:, -1].tolist() == pytest.approx([wanted] * 4, rel=1e-4)


def test_each_point_is_a_run_without_the_pieces_named_first(case: Case) -> None:
    order = [4, 0, 5, 2, 1, 3]  # of the source: the model's own padding hides them alike
    curves = deletion_curves(case, [order, order[::-1]])
    for row, named in zip(curves.probability, (order, order[::-1]), strict=True):
        for many, found in zip(curves.hidden, row.tolist(), strict=True):
            without = case.src.clone()
            without[0, named[:many]] = 0
            left = case.model(without, case.prefix)[0, -1].softmax(-1)[case.piece].item()
            assert found == pytest.approx(left, rel=1e-3)


def test_a_long_sentence_is_hidden_in_few_steps_up_to_the_end(case: Case) -> None:
    places = hideable(case)
    whole = deletion_curves(case, [places])
    short = deletion_curves(case, [places], steps=4)
    assert short.hidden == [0, 1, 2, 6, 9]
    wanted = whole.probability[0, short.hidden]
    torch.testing.assert_close(short.probability[0], wanted)


@pytest.mark.parametrize("count", [1, 4, 5, 9, 64, 128])
def test_the_schedule_rises_to_all_in_few_steps_and_begins_one_by_one(count: int) -> None:
    hidden = schedule(count, 8)
    assert (hidden[0], hidden[-1], len(hidden)) == (0, count, min(count, 8) + 1)
    assert all(after > before for before, after in pairwise(hidden))
    assert hidden[:4] == list(range(len(hidden[:4])))


def test_more_passes_than_a_chunk_are_as_each_alone(case: Case) -> None:
    bits = torch.arange(512)[:, None] >> torch.arange(9) & 1
    hidden = torch.zeros(512, 11, dtype=torch.bool)
    hidden[:, hideable(case)] = bits.bool()
    together = log_probs_without(case, hidden)
    for number in (0, 63, 64, 200, 511):
        alone = log_probs_without(case, hidden[number : number + 1])
        torch.testing.assert_close(together[number], alone[0], rtol=1e-4, atol=1e-4)


def test_a_sentence_of_one_piece(make_model: Callable[..., Transformer]) -> None:
    case = open_case(make_model(), torch.tensor([[5, 3]]), torch.tensor([[2]]), 0, 6)
    curves = deletion_curves(case, [[0]])
    assert curves.hidden == [0, 1] and bool(curves.probability.isfinite().all())


def test_the_ranking_is_stable_and_leaves_the_specials_out() -> None:
    scores = Scores(torch.tensor([1.0, 3.0, 9.0]), torch.tensor([9.0, 3.0, 2.0]))
    assert ranking(scores, [0, 1, 4, 5]) == [1, 4, 5, 0]


def test_chance_is_the_same_each_time_and_every_order_a_permutation() -> None:
    orders = chance_orders([2, 3, 5, 8, 13], 6)
    assert orders == chance_orders([2, 3, 5, 8, 13], 6)
    assert all(sorted(order) == [2, 3, 5, 8, 13] for order in orders)
    assert any(one != other for one, other in pairwise(orders))


def test_the_area_is_the_mean_height() -> None:
    curves = Curves([0, 1, 4], torch.tensor([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]]))
    assert curves.areas().tolist() == pytest.approx([1.0, 0.125])


def test_the_smallest_area_wins_and_ties_are_told() -> None:
    assert winners([0.3, 0.2, 0.5], 0.01) == [1]
    assert winners([0.3, 0.205, 0.2], 0.01) == [1, 2]


def test_halved_is_the_first_time_or_never() -> None:
    assert halved([0, 1, 3], [0.8, 0.41, 0.4]) == 3
    assert halved([0, 1, 2], [0.8, 0.2, 0.9]) == 1
    assert halved([0, 1], [0.8, 0.7]) is None


def test_hiding_leaves_no_gradient(case: Case, src: Tensor) -> None:
    assert not log_probs_without(case, torch.zeros(1, 11, dtype=torch.bool)).requires_grad
