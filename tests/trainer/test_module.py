"""The loss is torch's cross-entropy, and a gradient is one per target token, however batched."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader

from tests.trainer.small_runs import TINY
from trainer.assembly import lightning
from trainer.batches import PairDataset, TokenBatchSampler, collate
from trainer.config import TrainConfig
from trainer.learning import loss_floor, token_losses
from trainer.module import TrainingModule
from trainer.presets import resolve
from trainer.train import quieten
from transformer.model import Transformer

VOCAB = 300
PAIRS = 40


def noise(seed: int, *shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_the_loss_is_torchs_cross_entropy(smoothing: float) -> None:
    logits = 5 * noise(1, 3, 7, 11)
    labels = torch.randint(1, 11, (3, 7), generator=torch.Generator().manual_seed(2))
    labels[0, 4:] = labels[2, 1:] = 0
    loss, nll, count = token_losses(logits, labels, smoothing)
    flat, wanted = logits.flatten(0, 1), labels.flatten()
    smoothed = F.cross_entropy(
        flat, wanted, label_smoothing=smoothing, ignore_index=0, reduction="sum"
    )
    assert loss == pytest.approx(smoothed.item(), rel=1e-6)
    plain = F.cross_entropy(flat, wanted, ignore_index=0, reduction="sum")
    assert nll == pytest.approx(plain.item(), rel=1e-6)
    assert count == (labels != 0).sum()


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_no_model_comes_below_the_floor(smoothing: float) -> None:
    """The probabilities that fit the smoothed target best have just that loss."""
    vocab, floor = 50, loss_floor(smoothing, 50)
    best = torch.full((1, 1, vocab), smoothing / vocab)
    best[0, 0, 7] += 1 - smoothing
    loss, _, _ = token_losses(best.log().clamp(min=-1e4), torch.tensor([[7]]), smoothing)
    assert loss.item() == pytest.approx(floor, abs=1e-5)
    worse, _, _ = token_losses(noise(0, 1, 1, vocab), torch.tensor([[7]]), smoothing)
    assert worse.item() > floor


def test_padding_contributes_nothing() -> None:
    logits = noise(3, 2, 5, 9).requires_grad_()
    labels = torch.tensor([[4, 5, 3, 0, 0], [6, 3, 0, 0, 0]])
    token_losses(logits, labels, 0.1)[0].backward()
    gradient = logits.grad
    assert gradient is not None
    assert (gradient[labels == 0] == 0).all()
    assert (gradient[labels != 0] != 0).all()


class Spy(TrainingModule):
    """Keeps the gradients that the optimiser is given."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.steps: list[list[Tensor]] = []

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        super().on_before_optimizer_step(optimizer)
        self.steps.append([p.grad.clone() for p in self.parameters() if p.grad is not None])


class Advance(pl.Callback):
    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        pl_module.sampler.advance()


def pairs() -> PairDataset:
    """Pairs of very different lengths, so that no two batches have as many target tokens."""
    lengths = [(2 + place % 5, 1 + (place * 7) % 13) for place in range(PAIRS)]
    ids = torch.randint(4, VOCAB, (PAIRS, 2, 13), generator=torch.Generator().manual_seed(4))
    return PairDataset(
        [ids[place, 0, :source].tolist() for place, (source, _) in enumerate(lengths)],
        [ids[place, 1, :target].tolist() for place, (_, target) in enumerate(lengths)],
    )


def spied(folder: Path, **changes: Any) -> tuple[Spy, list[list[int]], PairDataset, TrainConfig]:
    """An epoch of training with weights that stand still; its gradients and its batches."""
    quieten()
    config = resolve("nano", TINY | {"dropout": 0.0, "batch_tokens": 60, "rate": 1e-8} | changes)
    data = pairs()
    sampler = TokenBatchSampler(data.lengths, config.batch_tokens, config.seed)
    batches = list(sampler)
    windows = math.ceil(len(batches) / config.accumulate)
    torch.manual_seed(5)
    module = Spy(Transformer(config.model_config(VOCAB, VOCAB)), config, sampler)
    loader: DataLoader[Any] = DataLoader(data, batch_sampler=sampler, collate_fn=collate)
    config_of_epoch = resolve("nano", config.to_dict() | {"steps": windows})
    trainer = lightning(config_of_epoch, folder, "cpu", "fp32", [Advance()], [])
    trainer.fit(module, loader)
    return module, batches, data, config


def one_big_batch(
    module: TrainingModule, data: PairDataset, members: list[int], smoothing: float
) -> list[Tensor]:
    """The gradient per target token over all `members` at once."""
    module.zero_grad()
    batch = collate([data[member] for member in members])
    loss, _, tokens = token_losses(
        module.model(batch.src, batch.tgt[:, :-1]), batch.tgt[:, 1:], smoothing
    )
    (loss / tokens).backward()
    return [p.grad for p in module.parameters() if p.grad is not None]


@pytest.mark.parametrize("accumulate", [1, 4])
def test_a_gradient_is_that_of_one_big_batch(tmp_path: Path, accumulate: int) -> None:
    module, batches, data, config = spied(tmp_path, accumulate=accumulate, clip=0.0)
    windows = [batches[at : at + accumulate] for at in range(0, len(batches), accumulate)]
    assert len(module.steps) == len(windows)
    if accumulate > 1:
        assert 0 < len(windows[-1]) < accumulate, "the epoch shall end in a short window"
    for window, seen in zip(windows, module.steps, strict=True):
        members = [member for batch in window for member in batch]
        wanted = one_big_batch(module, data, members, config.label_smoothing)
        for ours, theirs in zip(seen, wanted, strict=True):
            torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=1e-4)


def test_clipping_comes_after_the_division(tmp_path: Path) -> None:
    longest = 0.05
    module, batches, data, config = spied(tmp_path, accumulate=4, clip=longest)
    first = [member for batch in batches[:4] for member in batch]
    wanted = one_big_batch(module, data, first, config.label_smoothing)
    norm = torch.cat([gradient.flatten() for gradient in wanted]).norm()
    assert norm > longest
    for ours, theirs in zip(module.steps[0], wanted, strict=True):
        torch.testing.assert_close(ours, theirs * longest / norm, atol=1e-6, rtol=1e-4)


def test_norms_and_biases_do_not_decay() -> None:
    config = resolve("nano", TINY | {"weight_decay": 0.1})
    module = TrainingModule(
        Transformer(config.model_config(VOCAB, VOCAB)), config, TokenBatchSampler([(2, 2)], 60, 1)
    )
    decays = {
        id(p): group["weight_decay"]
        for group in module.configure_optimizers().param_groups
        for p in group["params"]
    }
    for name, parameter in module.named_parameters():
        assert decays[id(parameter)] == (0.1 if parameter.dim() > 1 else 0.0), name


def test_an_update_that_is_no_number_is_left_out_and_not_forgotten(tmp_path: Path) -> None:
    """One gradient overflows: the weights stay as they were, and the run knows it ever after."""
    module, *_ = spied(tmp_path)
    assert module.is_finite()
    before = [parameter.detach().clone() for parameter in module.parameters()]
    steps = module.configure_optimizers()
    for parameter in module.parameters():
        parameter.grad = torch.full_like(parameter, float("inf"))
    module.window_tokens += 1
    TrainingModule.on_before_optimizer_step(module, steps)
    steps.step()
    after = list(module.parameters())
    assert all(torch.equal(a, b) for a, b in zip(after, before, strict=True))
    assert not module.is_finite()
    for parameter in module.parameters():
        parameter.grad = torch.ones_like(parameter)
    module.window_tokens += 1
    TrainingModule.on_before_optimizer_step(module, steps)
    assert torch.isfinite(module.gradient_norm)
    assert not module.is_finite(), "the gradient before was none"
