"""Batches of about equal cost: pairs of like length together, under a budget of padded tokens."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from transformer.tokenizer import EOS, PAD, SOS

Ids = Sequence[int] | np.ndarray
Batcher = Callable[[Sequence[tuple[int, int]], int, int, int], list[list[int]]]
"""(lengths, budget, seed, epoch) -> indices in batches."""
STEP = 8  # lengths are told apart exactly up to twice this, beyond that to an eighth


class Batch(NamedTuple):
    """Padded token ids; the decoder reads `tgt[:, :-1]` and is asked for `tgt[:, 1:]`."""

    src: Tensor  # (B, S), int64: pieces [EOS]
    tgt: Tensor  # (B, T), int64: [SOS] pieces [EOS]


class PairDataset(Dataset[tuple[np.ndarray, np.ndarray]]):
    """Token ids of pairs without specials, packed in two flat arrays: four bytes a token."""

    def __init__(self, src: Iterable[Ids], tgt: Iterable[Ids]) -> None:
        """`src[i]` and `tgt[i]` are the ids of a pair; raises `ValueError` where counts differ."""
        self._src, self._src_ends = _pack(src)
        self._tgt, self._tgt_ends = _pack(tgt)
        if len(self._src_ends) != len(self._tgt_ends):
            sides = len(self._src_ends) - 1, len(self._tgt_ends) - 1
            raise ValueError(f"{sides[0]} sources and {sides[1]} targets are not pairs")

    def __len__(self) -> int:
        return len(self._src_ends) - 1

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        if not 0 <= index < len(self):
            raise IndexError(index)
        source = self._src[self._src_ends[index] : self._src_ends[index + 1]]
        target = self._tgt[self._tgt_ends[index] : self._tgt_ends[index + 1]]
        return source, target

    @property
    def lengths(self) -> list[tuple[int, int]]:
        """Positions that encoder and decoder compute for a pair: its pieces and one special."""
        lengths = np.stack([np.diff(self._src_ends), np.diff(self._tgt_ends)], axis=1) + 1
        return [(source, target) for source, target in lengths.tolist()]


def collate(items: Sequence[tuple[Ids, Ids]]) -> Batch:
    """Ids of B pairs as a padded `Batch`, specials added.

    Of no pairs, the batch that teaches nothing: it asks for no token.
    """
    if not items:
        return Batch(torch.tensor([[EOS]]), torch.tensor([[SOS, PAD]]))
    sources = [source for source, _ in items]
    targets = [target for _, target in items]
    return Batch(padded(sources, first=[]), padded(targets, first=[SOS]))


def token_batches(
    lengths: Sequence[tuple[int, int]], budget: int, seed: int, epoch: int
) -> list[list[int]]:
    """Indices of `lengths` (source, target) in batches, every index once, by (seed, epoch).

    A batch of B pairs costs B x its longest side, padding included, and costs at most `budget`; a
    pair longer than the budget is a batch alone. Pairs of like length meet others in each epoch.
    The number of batches is the same in every epoch: a trainer may rely on its loader's length.
    """
    if budget < 1:
        raise ValueError(f"a budget of {budget} tokens holds nothing")
    draw = random.Random(f"{seed}/{epoch}")  # a text seeds the same in every process
    order: list[int] = []
    widths: list[int] = []
    cells = _cells(lengths)
    for cell in sorted(cells, key=_snake):
        members = cells[cell]
        draw.shuffle(members)
        order += members
        widths += [max(_ceiling(step) for step in cell)] * len(members)
    batches = [order[start:end] for start, end in pairwise(_cuts(widths, budget))]
    draw.shuffle(batches)
    return batches


def fixed_batches(
    lengths: Sequence[tuple[int, int]], budget: int, seed: int, epoch: int
) -> list[list[int]]:
    """Like `token_batches`, in few shapes: of the `fixed_width` of its longest side a batch holds
    `fixed_rows` at most. What is left of a width goes with the next wider one."""
    draw = random.Random(f"{seed}/{epoch}")
    cells: defaultdict[int, list[int]] = defaultdict(list)
    for index, (source, target) in enumerate(lengths):
        cells[fixed_width(max(source, target))].append(index)
    batches: list[list[int]] = []
    left: list[int] = []
    for width, own in sorted(cells.items()):
        members, rows = own + left, fixed_rows(width, budget)
        draw.shuffle(members)
        whole = len(members) - len(members) % rows
        batches += [members[start : start + rows] for start in range(0, whole, rows)]
        left = members[whole:]
    batches += [left] if left else []
    draw.shuffle(batches)
    return batches


def fixed_width(length: int) -> int:
    """What a sentence of so many positions is filled up to: a multiple of 4, and of 8 or more
    beyond 64."""
    return -(-length // 4) * 4 if length <= 8 * STEP else _ceiling(_step(length))


def fixed_rows(width: int, budget: int) -> int:
    """How many pairs a batch of that width has room for."""
    return max(1, budget // width)


def fixed_collate(budget: int, parts: int, longest: int, items: Sequence[tuple[Ids, Ids]]) -> Batch:
    """A `collate` whose shape follows from the width alone: rows that are missing ask for nothing.

    budget, parts: the sampler's. longest: positions that the model has.
    """
    batch = collate(items)
    width = fixed_width(max(batch.src.size(1), batch.tgt.size(1) - 1))
    rows, width = -(-fixed_rows(width, budget) // parts), min(width, longest)
    src = torch.full((rows, width), PAD)
    tgt = torch.full((rows, width + 1), PAD)
    src[:, 0], tgt[:, 0] = EOS, SOS
    src[: len(items), : batch.src.size(1)] = batch.src[: len(items)]
    tgt[: len(items), : batch.tgt.size(1)] = batch.tgt[: len(items)]
    return Batch(src, tgt)


class TokenBatchSampler(Sampler[list[int]]):
    """`token_batches` for `DataLoader(batch_sampler=...)`; can go on in the middle of an epoch.

    The loader asks ahead of the training, so the sampler cannot know what was learned from: the
    trainer calls `advance()` after each batch, before it saves, and iteration starts behind those.

    `parts`: each batch is cut into so many, one after the other, where memory is short.
    `rank`, `ranks`: of the processes that train together, each takes its share of every part. So
    an update learns from the same pairs however many there are, and all have as many batches.
    `batches`: `token_batches`, or `fixed_batches` for what wants few shapes.
    """

    def __init__(
        self,
        lengths: Sequence[tuple[int, int]],
        budget: int,
        seed: int,
        parts: int = 1,
        rank: int = 0,
        ranks: int = 1,
        batches: Batcher = token_batches,
    ) -> None:
        self.lengths, self.budget, self.seed, self.parts = lengths, budget, seed, parts
        self.rank, self.ranks, self.batches = rank, ranks, batches
        self.epoch = 0
        self.consumed = 0
        self._batches = self._order(0)

    @property
    def sampler(self) -> "TokenBatchSampler":
        """Itself: Lightning calls `set_epoch` on `batch_sampler.sampler`."""
        return self

    def set_epoch(self, epoch: int) -> None:
        """Turn to an epoch, from its start; the epoch it is already in goes on where it is."""
        if epoch != self.epoch:
            self.epoch, self.consumed = epoch, 0
            self._batches = self._order(epoch)

    def advance(self, batches: int = 1) -> None:
        """Note that training is done with so many more batches of this epoch."""
        self.consumed += batches

    def __iter__(self) -> Iterator[list[int]]:
        return iter(self._batches[self.consumed :])

    def __len__(self) -> int:
        """Batches of the whole epoch, those already consumed included."""
        return len(self._batches)

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps: where the training is, and in which order of batches."""
        return {"epoch": self.epoch, "consumed": self.consumed, **self._identity()}

    def _order(self, epoch: int) -> list[list[int]]:
        whole = self.batches(self.lengths, self.budget, self.seed, epoch)
        shares = [_cut(batch, self.parts * self.ranks) for batch in whole]
        return [share for cut in shares for share in cut[self.rank :: self.ranks]]

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where `state` was; raises `ValueError` where data, budget or seed differ."""
        for name, value in self._identity().items():
            if state[name] != value:
                raise ValueError(f"the checkpoint had {name} {state[name]}, this run has {value}")
        self.set_epoch(state["epoch"])
        self.consumed = state["consumed"]

    def _identity(self) -> dict[str, int]:
        """What the order of the batches follows from; not the ranks, which share each of them."""
        return {
            "pairs": len(self.lengths),
            "tokens": sum(map(sum, self.lengths)),
            "budget": self.budget,
            "seed": self.seed,
            "parts": self.parts,
        }


def _cut(batch: list[int], parts: int) -> list[list[int]]:
    """`batch` in so many parts of about one size; some are empty where it has fewer pairs."""
    ends = [len(batch) * part // parts for part in range(parts + 1)]
    return [batch[start:end] for start, end in pairwise(ends)]


def _cells(lengths: Sequence[tuple[int, int]]) -> dict[tuple[int, int], list[int]]:
    """Indices by (target step, source step): pairs that cost about the same on both sides."""
    cells: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for index, (source, target) in enumerate(lengths):
        cells[_step(target), _step(source)].append(index)
    return cells


def _snake(cell: tuple[int, int]) -> tuple[int, int]:
    """Order by target, sources up and down in turn, so that neighbours are alike."""
    target, source = cell
    return target, source if target % 2 else -source


def _step(length: int) -> int:
    """The number of the step a length falls on: each power of two is cut in `STEP` equal parts."""
    octave = max(0, (length - 1).bit_length() - STEP.bit_length())
    return octave * STEP + -(-length // 2**octave)


def _ceiling(step: int) -> int:
    """The longest length on a step."""
    octave = max(0, (step - 1) // STEP - 1)
    return (step - octave * STEP) * 2**octave


def _cuts(widths: Sequence[int], budget: int) -> list[int]:
    """Where to cut so that each part costs at most the budget: its size times its widest member."""
    cuts, widest = [0], 0
    for index, width in enumerate(widths):
        widest = max(widest, width)
        if index > cuts[-1] and (index + 1 - cuts[-1]) * widest > budget:
            cuts.append(index)
            widest = width
    return [*cuts, len(widths)] if widths else cuts


def _pack(rows: Iterable[Ids]) -> tuple[np.ndarray, np.ndarray]:
    arrays = [np.asarray(row, dtype=np.int32) for row in rows]
    ends = np.cumsum([0, *map(len, arrays)])
    return np.concatenate([np.empty(0, np.int32), *arrays]), ends


def padded(rows: list[Ids], first: list[int]) -> Tensor:
    """Rows of ids (B, T) between `first` and `[EOS]`, filled up with `[PAD]`."""
    start, lengths = len(first), np.array([len(row) for row in rows])
    filled = np.full((len(rows), start + lengths.max() + 1), PAD, dtype=np.int64)
    filled[:, :start] = first
    places = start + np.arange(lengths.sum()) - np.repeat(lengths.cumsum() - lengths, lengths)
    filled[np.repeat(np.arange(len(rows)), lengths), places] = np.concatenate(rows)
    filled[np.arange(len(rows)), start + lengths] = EOS
    return torch.from_numpy(filled)
