import math
import pickle
from itertools import chain
from typing import Any

import pytest
import pytorch_lightning as pl
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import DataLoader

from trainer.batches import (
    STEP,
    Batch,
    PairDataset,
    TokenBatchSampler,
    collate,
    fixed_batches,
    fixed_collate,
    fixed_rows,
    fixed_width,
    token_batches,
)
from transformer.tokenizer import EOS, PAD, SOS

LENGTHS = st.lists(st.tuples(st.integers(1, 90), st.integers(1, 90)), max_size=150)


def drawn(count: int, longest: int = 40) -> list[tuple[int, int]]:
    numbers = torch.randint(1, longest + 1, (count, 2), generator=torch.Generator().manual_seed(0))
    return [(source, target) for source, target in numbers.tolist()]


def cost(batch: list[int], lengths: list[tuple[int, int]]) -> int:
    return len(batch) * max(max(lengths[index]) for index in batch)


@settings(max_examples=80, deadline=None)
@given(lengths=LENGTHS, budget=st.integers(1, 600), seed=st.integers(0, 5), epoch=st.integers(0, 5))
def test_every_index_once_and_the_budget_held(lengths, budget, seed, epoch) -> None:
    batches = token_batches(lengths, budget, seed, epoch)
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or cost(batch, lengths) <= budget for batch in batches)
    assert batches == token_batches(lengths, budget, seed, epoch)
    assert len(batches) == len(token_batches(lengths, budget, seed, epoch + 1))


def test_epochs_and_seeds_mix_batches_and_their_order() -> None:
    lengths = drawn(2000, longest=20)
    first, other_epoch, other_seed = (
        token_batches(lengths, 1000, seed, epoch) for seed, epoch in ((0, 0), (0, 1), (1, 0))
    )
    assert first != other_epoch != other_seed != first
    as_sets = [{frozenset(batch) for batch in batches} for batches in (first, other_epoch)]
    assert len(as_sets[0] & as_sets[1]) < len(first) / 5
    widths = [cost(batch, lengths) / len(batch) for batch in first]
    assert widths != sorted(widths)


def test_padding_is_small_where_sides_are_of_like_length() -> None:
    lengths = [(n % 50 + 1, n % 50 + 1 + n % 3) for n in range(5000)]
    batches = token_batches(lengths, 1000, seed=0, epoch=0)
    real = sum(sum(pair) for pair in lengths)
    padded = sum(
        len(batch) * max(lengths[index][side] for index in batch)
        for batch in batches
        for side in (0, 1)
    )
    assert real / padded > 0.9
    assert sum(cost(batch, lengths) for batch in batches) / len(batches) > 0.85 * 1000


def test_short_lengths_are_told_apart() -> None:
    """Batches of 1 to 16 tokens a side, in a budget that each length fills: nothing is padded."""
    budget = math.lcm(*range(1, 2 * STEP + 1))
    lengths = [(n, n) for n in (1, 5, 9, 15, 2 * STEP) for _ in range(budget // n // 1000)]
    batches = token_batches(lengths, budget // 1000, seed=0, epoch=0)
    assert [len({lengths[index] for index in batch}) for batch in batches] == [1] * 5


@settings(max_examples=80, deadline=None)
@given(lengths=LENGTHS, budget=st.integers(90, 600), seed=st.integers(0, 5))
def test_batches_of_few_shapes_hold_every_index_once_and_the_budget(lengths, budget, seed) -> None:
    batches = fixed_batches(lengths, budget, seed, 0)
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    for batch in batches:
        width = fixed_width(max(max(lengths[index]) for index in batch))
        assert len(batch) <= fixed_rows(width, budget)
        assert fixed_rows(width, budget) * width <= budget or len(batch) == 1
    assert len(batches) == len(fixed_batches(lengths, budget, seed, 1))


def test_few_shapes_are_mostly_full() -> None:
    """A tenth of the places at most is empty where no more than one batch can be."""
    lengths = drawn(3000, longest=40)
    batches = fixed_batches(lengths, 1000, seed=0, epoch=0)
    room = [
        fixed_rows(fixed_width(max(max(lengths[index]) for index in batch)), 1000)
        for batch in batches
    ]
    assert len(lengths) / sum(room) > 0.9


def test_a_fixed_shape_asks_for_the_same_as_the_pairs_alone() -> None:
    """Its width is a multiple of 4, its rows follow, and what it adds is padding."""
    items = [([5, 6, 7, 8, 9], [7]), ([8], [9, 10, 11])]
    batch = fixed_collate(64, 1, 100, items)
    assert batch.src.shape == (8, 8) and batch.tgt.shape == (8, 9)
    plain = collate(items)
    assert batch.src[:2, : plain.src.size(1)].equal(plain.src)
    assert batch.tgt[:2, : plain.tgt.size(1)].equal(plain.tgt)
    assert int((batch.tgt[:, 1:] != PAD).sum()) == int((plain.tgt[:, 1:] != PAD).sum())
    assert (batch.src[2:, 0] == EOS).all()  # somebody to look at, or attention is no number
    assert fixed_collate(64, 2, 100, items).src.shape == (4, 8)
    assert fixed_collate(64, 1, 6, items).src.shape == (8, 6)


def test_a_budget_of_nothing() -> None:
    with pytest.raises(ValueError, match="holds nothing"):
        token_batches([(1, 1)], 0, seed=0, epoch=0)


def test_collate_adds_specials_and_padding() -> None:
    batch = collate([([5, 6], [7]), ([8], [9, 10, 11])])
    assert batch.src.tolist() == [[5, 6, EOS], [8, EOS, PAD]]
    assert batch.tgt.tolist() == [[SOS, 7, EOS, PAD, PAD], [SOS, 9, 10, 11, EOS]]
    assert batch.src.dtype == batch.tgt.dtype == torch.int64


def test_dataset_gives_back_its_ids_and_the_lengths_the_model_sees() -> None:
    src, tgt = [[5, 6], [], [70000]], [[7], [8, 9, 10], [11, 12]]
    dataset = PairDataset(src, iter(tgt))
    assert [(list(a), list(b)) for a, b in map(dataset.__getitem__, range(3))] == list(
        zip(src, tgt, strict=True)
    )
    for index, (source, target) in enumerate(dataset.lengths):
        batch = collate([dataset[index]])
        assert batch.src.shape == (1, source)
        assert batch.tgt[:, :-1].shape == (1, target)
    with pytest.raises(IndexError):
        dataset[3]


def test_dataset_of_uneven_sides() -> None:
    with pytest.raises(ValueError, match="2 sources and 1 targets"):
        PairDataset([[4], [5]], [[6]])


def numbered(count: int = 300) -> PairDataset:
    """Pairs that carry their own number, so that a batch tells which pairs it holds."""
    lengths = drawn(count, longest=20)
    return PairDataset(
        [[4 + n] * source for n, (source, _) in enumerate(lengths)],
        [[4 + n] * target for n, (_, target) in enumerate(lengths)],
    )


def members(batch: Batch) -> list[int]:
    return (batch.src[:, 0] - 4).tolist()


@pytest.mark.parametrize("workers", [0, 2])
def test_loader_yields_every_pair_once_and_goes_on_where_it_was(workers: int) -> None:
    dataset = numbered()
    sampler = TokenBatchSampler(dataset.lengths, budget=200, seed=3)
    loader = DataLoader(dataset, batch_sampler=sampler, collate_fn=collate, num_workers=workers)
    sampler.set_epoch(1)
    whole = [members(batch) for batch in loader]
    assert len(whole) == len(loader) == len(sampler)
    assert sorted(chain.from_iterable(whole)) == list(range(300))

    sampler.advance(4)  # the loader asked ahead for all of them, the training is done with four
    state = pickle.loads(pickle.dumps(sampler.state_dict()))
    resumed = TokenBatchSampler(dataset.lengths, budget=200, seed=3)
    resumed.load_state_dict(state)
    resumed.set_epoch(1)
    loader = DataLoader(dataset, batch_sampler=resumed, collate_fn=collate, num_workers=workers)
    assert [members(batch) for batch in loader] == whole[4:]
    assert len(resumed) == len(whole)
    resumed.set_epoch(2)
    assert sorted(chain.from_iterable(resumed)) == list(range(300))


@pytest.mark.parametrize("change", [{"budget": 100}, {"seed": 4}, {"lengths": [(1, 1)]}])
def test_a_state_of_other_data_is_refused(change) -> None:
    settings_: dict[str, Any] = {"lengths": drawn(100), "budget": 200, "seed": 3}
    state = TokenBatchSampler(**settings_).state_dict()
    with pytest.raises(ValueError, match="the checkpoint had"):
        TokenBatchSampler(**settings_ | change).load_state_dict(state)


class Recorder(pl.LightningModule):
    """A module that learns nothing and writes down which pairs it was given, epoch by epoch."""

    def __init__(self, sampler: TokenBatchSampler) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(()))
        self.batch_sampler = sampler
        self.seen: list[tuple[int, list[int]]] = []

    def training_step(self, batch: Batch) -> torch.Tensor:
        self.seen.append((self.current_epoch, members(batch)))
        return self.weight * 1.0

    def on_save_checkpoint(self, checkpoint: dict) -> None:
        checkpoint["batches"] = self.batch_sampler.state_dict()

    def on_load_checkpoint(self, checkpoint: dict) -> None:
        self.batch_sampler.load_state_dict(checkpoint["batches"])

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.1)


class SaveAt(pl.Callback):
    """Tells the sampler of each batch done, then saves at one step, as a run does on its way."""

    def __init__(self, step: int, path: str) -> None:
        self.step, self.path = step, path

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: Any, *_: Any) -> None:
        pl_module.batch_sampler.advance()
        if trainer.global_step == self.step:
            trainer.save_checkpoint(self.path)


def fit(dataset: PairDataset, steps: int, path: str, save: int = 0, start: bool = False) -> list:
    sampler = TokenBatchSampler(dataset.lengths, budget=200, seed=3)
    loader = DataLoader(dataset, batch_sampler=sampler, collate_fn=collate)
    trainer = pl.Trainer(
        max_steps=steps,
        accelerator="cpu",
        callbacks=SaveAt(save, path),
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    module = Recorder(sampler)
    trainer.fit(module, loader, ckpt_path=path if start else None, weights_only=True)
    return module.seen


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning")
def test_lightning_resumes_in_the_middle_of_an_epoch_on_the_next_batch(tmp_path) -> None:
    dataset = numbered()
    count = len(TokenBatchSampler(dataset.lengths, budget=200, seed=3))
    assert count > 10
    path = str(tmp_path / "middle.ckpt")
    whole = fit(dataset, 3 * count, path, save=count + 5)
    assert [epoch for epoch, _ in whole] == [0] * count + [1] * count + [2] * count
    for epoch in range(3):
        seen = [index for number, batch in whole if number == epoch for index in batch]
        assert sorted(seen) == list(range(300))
    assert whole[0][1] != whole[count][1]

    assert fit(dataset, 3 * count, path, start=True) == whole[count + 5 :]
