"""Losses against torch's own cross-entropy; ranks against the definition."""

from __future__ import annotations

import numpy as np
import torch

from transformer.analysis.losses import piece_losses

LOGITS = 6 * torch.randn(5, 40, generator=torch.Generator().manual_seed(4))
IDS = [3, 0, 39, 17, 8]


def test_the_loss_is_the_cross_entropy() -> None:
    losses, _ = piece_losses(LOGITS.numpy(), IDS)
    wanted = torch.nn.functional.cross_entropy(LOGITS, torch.tensor(IDS), reduction="none")
    np.testing.assert_allclose(losses, wanted, rtol=1e-5)


def test_the_rank_is_the_place_in_the_order() -> None:
    _, ranks = piece_losses(LOGITS.numpy(), IDS)
    order = LOGITS.argsort(dim=1, descending=True)
    assert ranks.tolist() == [1 + order[t].tolist().index(number) for t, number in enumerate(IDS)]
    _, best = piece_losses(LOGITS.numpy(), LOGITS.argmax(1).tolist())
    assert best.tolist() == [1] * 5


def test_huge_scores_stay_numbers() -> None:
    losses, ranks = piece_losses(np.array([[1e4, 0.0], [0.0, 0.0]], np.float32), [1, 1])
    np.testing.assert_allclose(losses, [1e4, np.log(2)])
    assert ranks.tolist() == [2, 1]
