"""The pointing game, on maps and masks made for it."""

import torch

from transformer.analysis.pointing import at_centre, by_chance, hottest, point


def masks() -> tuple[torch.Tensor, torch.Tensor]:
    asked, others = torch.zeros(2, 24, 24).bool(), torch.zeros(2, 24, 24).bool()
    asked[:, :8, :8] = True
    others[:, 16:, 16:] = True
    return asked, others


def test_a_point_on_the_query_on_another_on_nothing() -> None:
    maps = torch.zeros(4, 3, 3)
    maps[0, 0, 0] = maps[1, 2, 2] = maps[2, 1, 1] = 1.0
    asked, others = (mask[:1].expand(4, -1, -1) for mask in masks())
    hits = point(maps, asked, others)
    assert hits.on_query.tolist() == [True, False, False, False]
    assert hits.on_other.tolist() == [False, True, False, False]
    assert hits.silent.tolist() == [False, False, False, True]
    swapped = point(maps, others, asked)
    assert torch.equal(swapped.on_query, hits.on_other)
    assert torch.equal(swapped.on_other, hits.on_query)


def test_the_hottest_point_of_a_cell_is_inside_it() -> None:
    maps = torch.rand(50, 6, 6)
    row, column = hottest(maps, 96).unbind(dim=1)
    cell = maps.flatten(1).argmax(dim=1)
    assert torch.equal(row // 16 * 6 + column // 16, cell)
    assert set((row % 16).tolist()) == set((column % 16).tolist()) == {8}
    assert hottest(torch.tensor([[[0.0, 1.0, 0.0]]]), 9).tolist() == [[4, 4]]


def test_baselines() -> None:
    asked, _ = masks()
    torch.testing.assert_close(by_chance(asked), torch.tensor([1 / 9, 1 / 9]))
    assert at_centre(asked).tolist() == [False, False]
    asked[0, 8:16, 8:16] = True
    assert at_centre(asked).tolist() == [True, False]
