"""Masks are boolean, True = may look."""

import torch

from transformer.masks import causal_mask, padding_mask


def test_causal_mask_lets_each_position_see_itself_and_the_past() -> None:
    mask = causal_mask(4)
    assert mask.dtype == torch.bool and mask.shape == (1, 1, 4, 4)
    for query in range(4):
        for key in range(4):
            assert bool(mask[0, 0, query, key]) == (key <= query)


def test_padding_mask_is_true_where_a_token_is() -> None:
    mask = padding_mask(torch.tensor([[5, 3, 0], [1, 2, 3]]))
    assert mask.dtype == torch.bool
    assert mask.tolist() == [[[[True, True, False]]], [[[True, True, True]]]]
