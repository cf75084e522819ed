"""Grouped convolution against torch: its own groups, separate convolutions, and its counts."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.nn.functional import conv2d

from transformer.analysis.grouped import (
    apart,
    cut,
    multiplications,
    parameters,
    possible_groups,
    reaches,
    untrained,
)

INPUTS = 8
every_way = pytest.mark.parametrize(
    ("outputs", "kernel", "groups"),
    [(n, k, g) for n in (8, 16) for k in (1, 3) for g in possible_groups(INPUTS, n)],
)


def picture() -> torch.Tensor:
    return torch.randn(2, INPUTS, 9, 7, generator=torch.Generator().manual_seed(3))


@every_way
def test_grouped_is_separate_convolutions_side_by_side(
    outputs: int, kernel: int, groups: int
) -> None:
    grouped = cut(untrained(INPUTS, outputs, kernel), groups)
    separate = apart(grouped)
    assert len(separate) == groups
    runs = picture().chunk(groups, dim=1)
    joined = torch.cat([conv(run) for conv, run in zip(separate, runs, strict=True)], dim=1)
    torch.testing.assert_close(grouped(picture()), joined)


@every_way
def test_grouped_is_the_whole_with_zeros_off_its_blocks(
    outputs: int, kernel: int, groups: int
) -> None:
    whole = untrained(INPUTS, outputs, kernel)
    masked = whole.weight * reaches(INPUTS, outputs, groups)[:, :, None, None]
    expected = conv2d(picture(), masked, whole.bias, padding=kernel // 2)
    torch.testing.assert_close(cut(whole, groups)(picture()), expected)


@every_way
def test_an_output_answers_to_the_inputs_that_reach_it_and_no_other(
    outputs: int, kernel: int, groups: int
) -> None:
    grouped, reached = cut(untrained(INPUTS, outputs, kernel), groups), torch.zeros(outputs, INPUTS)
    before = grouped(picture())
    for channel in range(INPUTS):
        changed = picture()
        changed[:, channel] += 1
        reached[:, channel] = (grouped(changed) - before).abs().amax(dim=(0, 2, 3))
    assert torch.equal(reached > 1e-4, reaches(INPUTS, outputs, groups))


@every_way
def test_counts_are_those_of_torch(outputs: int, kernel: int, groups: int) -> None:
    grouped = cut(untrained(INPUTS, outputs, kernel), groups)
    own = nn.Conv2d(INPUTS, outputs, kernel, groups=groups)
    assert parameters(grouped) == sum(p.numel() for p in own.parameters())
    assert parameters(grouped) == outputs * (INPUTS // groups) * kernel**2 + outputs
    read = int(reaches(INPUTS, outputs, groups).sum())
    assert multiplications(grouped, 9, 7) == read * kernel**2 * 9 * 7


def test_an_untrained_one_is_the_same_each_time_and_leaves_the_dice_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    one, other = untrained(8, 8, 3), untrained(8, 8, 3)
    assert torch.equal(torch.rand(3), expected)
    assert torch.equal(one.weight, other.weight)
    assert not torch.equal(one.weight, untrained(8, 8, 3, seed=1).weight)


def test_groups_double_until_depthwise() -> None:
    assert possible_groups(8, 16) == [1, 2, 4, 8]
    assert possible_groups(12, 8) == [1, 2, 4]
    counts = [int(reaches(8, 16, groups).sum()) for groups in possible_groups(8, 16)]
    assert all(after == before // 2 for before, after in pairwise(counts))
