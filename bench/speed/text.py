"""The text that every contender learns: pieces of a shipped corpus, the same ids for all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from trainer.batches import (
    Batch,
    PairDataset,
    TokenBatchSampler,
    collate,
    fixed_batches,
    fixed_collate,
    fixed_width,
)
from trainer.config import TrainConfig
from trainer.data import load_data
from transformer.tokenizer import PAD, train_bpe

PADDED_TO, PADDED_PAIRS = 350, 8
"""What the tutorials do: so many pairs a batch, every sentence filled up to so many tokens."""


def write_pairs(config: TrainConfig, path: Path) -> int:
    """The pairs of `config.data` in pieces of a joint BPE of its size, as an .npz: ids and where
    each sentence ends. What is too long for the model is left out; how many are left."""
    pairs = [pair for corpus in load_data(config.data) for pair in corpus.pairs]
    tokenizer = train_bpe((text for pair in pairs for text in pair), config.vocab_size)
    sides = [tokenizer.encode_batch([pair[side] for pair in pairs]) for side in (0, 1)]
    longest = config.max_tokens - 1
    kept = [place for place, ids in enumerate(zip(*sides, strict=True)) if _fits(ids, longest)]
    arrays = {"vocab": np.array(len(tokenizer))}
    for name, side in zip(("src", "tgt"), sides, strict=True):
        rows = [np.array(side[place], np.int32) for place in kept]
        arrays[name] = np.concatenate(rows)
        arrays[f"{name}_ends"] = np.cumsum([len(row) for row in rows])
    np.savez(path, allow_pickle=False, **arrays)
    return len(kept)


def _fits(sides: tuple[list[int], ...], longest: int) -> bool:
    return all(1 <= len(ids) <= longest for ids in sides)


def read_pairs(path: Path) -> tuple[PairDataset, int]:
    """The pairs, and the size of their vocabulary."""
    with np.load(path) as arrays:
        sides = [np.split(arrays[name], arrays[f"{name}_ends"][:-1]) for name in ("src", "tgt")]
        return PairDataset(*sides), int(arrays["vocab"])


def bucketed(pairs: PairDataset, config: TrainConfig) -> Iterator[Batch]:
    """Batches as a run has them, epoch after epoch."""
    sampler = TokenBatchSampler(pairs.lengths, config.batch_tokens, config.seed)
    while True:
        for places in sampler:
            yield collate([pairs[place] for place in places])
        sampler.set_epoch(sampler.epoch + 1)


def fixed(pairs: PairDataset, config: TrainConfig) -> Iterator[Batch]:
    """Batches in the few shapes that CUDA graphs want, epoch after epoch."""
    sampler = TokenBatchSampler(
        pairs.lengths, config.batch_tokens, config.seed, batches=fixed_batches
    )
    while True:
        for places in sampler:
            yield fixed_collate(
                config.batch_tokens, 1, config.max_tokens, [pairs[place] for place in places]
            )
        sampler.set_epoch(sampler.epoch + 1)


def shapes(pairs: PairDataset, config: TrainConfig) -> Iterator[Batch]:
    """One of those batches of each shape."""
    widths = {fixed_width(max(both)): place for place, both in enumerate(pairs.lengths)}
    for _, place in sorted(widths.items(), reverse=True):
        yield fixed_collate(config.batch_tokens, 1, config.max_tokens, [pairs[place]])


def padded(pairs: PairDataset, config: TrainConfig) -> Iterator[Batch]:
    """Eight pairs a batch as they come, both sides filled up to 350 tokens."""
    draw = torch.Generator().manual_seed(config.seed)
    while True:
        order = torch.randperm(len(pairs), generator=draw).tolist()
        for start in range(0, len(order) - PADDED_PAIRS + 1, PADDED_PAIRS):
            batch = collate([pairs[place] for place in order[start : start + PADDED_PAIRS]])
            src, tgt = (
                torch.nn.functional.pad(side, (0, length - side.size(1)), value=PAD)
                for side, length in zip(batch, (PADDED_TO, PADDED_TO + 1), strict=True)
            )
            yield Batch(src, tgt)
