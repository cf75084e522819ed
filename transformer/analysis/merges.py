"""Byte-pair encoding, replayed merge by merge (Sennrich et al., 2016, algorithm 1, used forward).

The merges are read from the tokenizer's own file. What the library does to a word inside is done
here in the open: of all neighbours that may be merged, those of the lowest rank, the leftmost
first, until none is left. The pieces at the end are the tokenizer's own; tests hold both together.
"""

import heapq
import json
from collections.abc import Mapping
from dataclasses import dataclass

from transformer.tokenizer import Tokenizer, clean

Pair = tuple[str, str]
NOT_REPLAYED = (  # options of the library under which a word is cut in another way
    "dropout",
    "continuing_subword_prefix",
    "end_of_word_suffix",
    "ignore_merges",
)


@dataclass(frozen=True)
class Merge:
    """One merge: the pieces at `place` and behind it, a pair of that rank, become one.

    left and right are the ranks of the two pairs that the new piece makes with its neighbours;
    None where there is no neighbour, or no such pair among the merges.
    """

    rank: int
    place: int
    left: int | None
    right: int | None


@dataclass(frozen=True)
class Replay:
    """A word on its way: its characters, the rank of each pair of neighbours, and the merges."""

    start: tuple[str, ...]
    ranks: tuple[int | None, ...]
    merges: tuple[Merge, ...]

    def after(self, count: int) -> list[str]:
        """The pieces when `count` merges have been made."""
        pieces = list(self.start)
        for merge in self.merges[:count]:
            pieces[merge.place : merge.place + 2] = ["".join(pieces[merge.place : merge.place + 2])]
        return pieces

    @property
    def pieces(self) -> list[str]:
        """The pieces at the end."""
        return self.after(len(self.merges))


def merge_ranks(tokenizer: Tokenizer) -> dict[Pair, int]:
    """The pairs of a BPE tokenizer with their ranks, from 0, as its file lists them.

    Raises ValueError for one that is no BPE, or cuts words in a way that is not replayed.
    """
    model = json.loads(tokenizer.to_json())["model"]
    if model["type"] != "BPE":
        raise ValueError(f"A {model['type']} tokenizer makes no merges.")
    if used := [name for name in NOT_REPLAYED if model.get(name)]:
        raise ValueError(f"Merges with {', '.join(used)} cannot be replayed.")
    return {(left, right): rank for rank, (left, right) in enumerate(model["merges"])}


def normalised(tokenizer: Tokenizer, text: str) -> str:
    """`text` as the tokenizer's normaliser leaves it."""
    normalizer = tokenizer.backend.normalizer
    return str(normalizer.normalize_str(clean(text))) if normalizer else clean(text)


def pre_tokens(tokenizer: Tokenizer, text: str) -> list[str]:
    """The words of `text` that no merge crosses, in the tokenizer's own characters."""
    text = normalised(tokenizer, text)
    before = tokenizer.backend.pre_tokenizer
    return [word for word, _ in before.pre_tokenize_str(text)] if before else [text]


def replay(word: str, ranks: Mapping[Pair, int]) -> Replay:
    """Every merge of a word, in the order in which they are made: of the lowest rank, leftmost."""
    chain = _Chain(list(word), ranks)
    return Replay(tuple(word), tuple(chain.first), tuple(chain.merges()))


class _Chain:
    """The pieces of a word as a linked list, each at the place of its first character.

    A heap of the pairs and a Fenwick tree of the places that are left: a word of n characters
    takes n log n steps, so a thousand letters without a space are no trouble.
    """

    def __init__(self, pieces: list[str], ranks: Mapping[Pair, int]) -> None:
        size = len(pieces)
        self.pieces, self.ranks = pieces, ranks
        self.before, self.behind = list(range(-1, size - 1)), list(range(1, size + 1))
        self.first = [self.rank(place) for place in range(size - 1)]
        self.tree = [place & -place for place in range(size + 1)]

    def rank(self, place: int) -> int | None:
        """The rank of the pair of the piece at `place` and the one behind it."""
        if place < 0 or self.behind[place] >= len(self.pieces):
            return None
        return self.ranks.get((self.pieces[place], self.pieces[self.behind[place]]))

    def merges(self) -> list[Merge]:
        """Merge until nothing is left to merge; what was done."""
        done = []
        heap = [(rank, place) for place, rank in enumerate(self.first) if rank is not None]
        heapq.heapify(heap)
        while heap:
            rank, place = heapq.heappop(heap)
            if self.pieces[place] == "" or self.rank(place) != rank:
                continue  # one of the two has become part of another piece meanwhile
            self.join(place)
            left, right = self.rank(self.before[place]), self.rank(place)
            done.append(Merge(rank, self.count(place), left, right))
            for new, at in ((left, self.before[place]), (right, place)):
                if new is not None:
                    heapq.heappush(heap, (new, at))
        return done

    def join(self, place: int) -> None:
        """Make one piece of the one at `place` and the one behind it."""
        other = self.behind[place]
        self.pieces[place] += self.pieces[other]
        self.pieces[other] = ""
        self.behind[place] = self.behind[other]
        if self.behind[place] < len(self.pieces):
            self.before[self.behind[place]] = place
        place = other + 1
        while place < len(self.tree):
            self.tree[place] -= 1
            place += place & -place

    def count(self, place: int) -> int:
        """How many pieces stand before the one at `place`."""
        total = 0
        while place:
            total += self.tree[place]
            place -= place & -place
        return total
