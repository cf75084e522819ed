"""Which source piece a target piece goes with, learned from pairs of sentences alone.

IBM model 1 (Brown et al., 1993, "The Mathematics of Statistical Machine Translation", section 4.2):
expectation and maximisation of t(f | e), with an empty word for what has no source. It knows
nothing of the model whose heads it is held against.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Pair = tuple[Sequence[int], Sequence[int]]
EMPTY = 0  # stands before each source as the word of no place; [PAD] is in no sentence
ROUNDS = 8


@dataclass(frozen=True)
class Association:
    """t(f | e) for the pairs of pieces that were seen in one pair of sentences.

    codes (N,) are e * base + f, sorted; chances (N,) the t(f | e) of each.
    """

    base: int
    codes: np.ndarray
    chances: np.ndarray

    def links(self, src: Sequence[int], tgt: Sequence[int]) -> np.ndarray:
        """P(a_t = s | src, tgt): (T, S); what is missing to 1 in a row belongs to the empty word.

        A target piece that was never seen beside any of these sources has a row of zeros.
        """
        table = self._lookup(_cells([EMPTY, *src], tgt, self.base))
        total = table.sum(1, keepdims=True)
        shares = np.divide(table, total, out=np.zeros_like(table), where=total > 0)
        return shares[:, 1:]

    def _lookup(self, cells: np.ndarray) -> np.ndarray:
        places = np.minimum(np.searchsorted(self.codes, cells), len(self.codes) - 1)
        return np.where(self.codes[places] == cells, self.chances[places], 0.0)


def associate(pairs: Sequence[Pair], rounds: int = ROUNDS) -> Association:
    """Fit IBM model 1 to pairs of ids without specials; at least one pair has text on each side."""
    base = 1 + max(max(tgt, default=0) for _, tgt in pairs)
    tables = [_cells([EMPTY, *src], tgt, base) for src, tgt in pairs]
    # One row for each target piece of each pair: its cells share one unit of evidence.
    widths = np.concatenate([np.full(len(table), table.shape[1]) for table in tables])
    row = np.repeat(np.arange(len(widths)), widths)
    codes, cell = np.unique(np.concatenate([t.ravel() for t in tables]), return_inverse=True)
    source = codes // base
    chances = np.ones(len(codes))
    for _ in range(rounds):
        seen = chances[cell]
        seen /= np.bincount(row, seen)[row]
        counts = np.bincount(cell, seen, len(codes))
        chances = counts / np.bincount(source, counts)[source]
    return Association(base, codes, chances)


def _cells(src: Sequence[int], tgt: Sequence[int], base: int) -> np.ndarray:
    """The code of each pair of pieces: (T, S)."""
    unknown = base * np.asarray(src)[None, :] - 1  # no code of a target that was never seen
    known = base * np.asarray(src)[None, :] + np.asarray(tgt)[:, None]
    return np.where(np.asarray(tgt)[:, None] < base, known, unknown)
