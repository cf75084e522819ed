"""Heads as groups, against the model's own attention and against convolutions of torch."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from transformer.analysis.head_groups import as_one_head, coarse, cost, depthwise, owners
from transformer.attention import MultiHeadAttention
from transformer.masks import causal_mask
from transformer.trace import Trace, tracing

WIDTH, HEADS, LENGTH = 24, 4, 7
every_count = pytest.mark.parametrize("heads", [1, 2, 4, 8])


def attended(heads: int) -> tuple[MultiHeadAttention, torch.Tensor, Trace]:
    torch.manual_seed(1)
    attention, x = MultiHeadAttention(WIDTH, heads), torch.randn(1, LENGTH, WIDTH)
    with torch.no_grad(), tracing(attention) as trace:
        attention(x, x, causal_mask(LENGTH))
    return attention, x, trace


@every_count
def test_mixing_values_is_depthwise_with_a_kernel_for_each_head(heads: int) -> None:
    attention, x, trace = attended(heads)
    values = attention.w_v(x)[0].detach()
    own = trace["heads"][0].transpose(0, 1).flatten(1)
    torch.testing.assert_close(depthwise(trace["weights"][0], values), own)

    moved = values.clone()
    moved[:, 5] += 1
    change = depthwise(trace["weights"][0], moved) - own
    assert (change.abs().amax(0) > 1e-3).nonzero().tolist() == [[5]]


def test_the_four_matrices_are_convolutions_of_one_step() -> None:
    attention, x, _ = attended(HEADS)
    for linear in (attention.w_q, attention.w_o):
        conv = nn.Conv1d(WIDTH, WIDTH, 1)
        conv.load_state_dict({"weight": linear.weight[:, :, None], "bias": linear.bias})
        torch.testing.assert_close(conv(x.mT).mT, linear(x))


@every_count
def test_one_head_sees_the_sum_of_what_the_heads_compare(heads: int) -> None:
    _, _, trace = attended(heads)
    q, k, allowed = trace["q"][0], trace["k"][0], causal_mask(LENGTH).view(LENGTH, LENGTH)
    summed = trace["scores"][0].sum(0) / math.sqrt(heads)
    expected = summed.masked_fill(~allowed, -math.inf).softmax(-1)
    torch.testing.assert_close(as_one_head(q, k, allowed), expected)
    if heads == 1:
        torch.testing.assert_close(as_one_head(q, k, allowed), trace["weights"][0, 0])


@every_count
def test_a_feature_is_the_heads_that_the_model_gives_it_to(heads: int) -> None:
    attention, _, _ = attended(heads)
    features = torch.arange(WIDTH)[None, None]
    given = attention.split(features)[0, :, 0]
    assert torch.equal(owners(WIDTH, heads)[given], torch.arange(heads)[:, None].expand_as(given))


def test_heads_cost_the_same_and_give_more_maps() -> None:
    one, many = (cost(MultiHeadAttention(WIDTH, heads), 5, 9) for heads in (1, HEADS))
    assert one[:4] == many[:4]
    assert many.weights == HEADS * one.weights == HEADS * 5 * 9
    assert one.parameters == 4 * (WIDTH**2 + WIDTH)
    assert one.projections == 2 * (5 + 9) * WIDTH**2
    assert one.scores == one.sums == 5 * 9 * WIDTH


def test_a_coarse_matrix_keeps_the_mean_square() -> None:
    matrix = torch.randn(12, 12, generator=torch.Generator().manual_seed(2))
    small = coarse(matrix, 3)
    torch.testing.assert_close(small[1, 2], matrix[4:8, 8:12].square().mean().sqrt())
    torch.testing.assert_close(small.square().mean(), matrix.square().mean())
    torch.testing.assert_close(coarse(matrix, 12), matrix.abs())
