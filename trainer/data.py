"""The front door to the data: corpora, and splits of them by groups.

A split goes by groups, because pairs that share a sentence would carry it from training to
validation; the scores would then praise the memory of the model.
"""

import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from trainer.corpora import DataError, Pair, load_data

__all__ = ["DataError", "Split", "load_data", "normalise", "split_by_groups"]

HELD_OUT_SHARE = 5  # validation and test together take at most one pair in five
SMALL_GROUP = 3  # groups of up to this many pairs are drawn alike; larger ones come last

ACCENTS = re.compile("[\u0300-\u036f]+")
NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Split:
    """Pairs to learn from and pairs held out, each in the order they came in."""

    train: list[Pair]
    valid: list[Pair]
    test: list[Pair]


def normalise(text: str) -> str:
    """Text without case, accents, punctuation and runs of white space; what has no words stays."""
    folded = text.casefold()
    if not folded.isascii():
        folded = ACCENTS.sub("", unicodedata.normalize("NFKD", folded)).casefold()
    return NO_WORD.sub(" ", folded).strip() or " ".join(text.split())


def split_by_groups(pairs: Sequence[Pair], valid: int, seed: int, test: int = 0) -> Split:
    """Hold out about `valid` and `test` pairs so that no sentence stands on both sides of a split.

    Pairs whose normalised source or target is the same are one group, transitively, and no group is
    cut. Small groups are drawn at random by `seed`, larger ones only when those run out. Together
    the held-out pairs are at most a fifth of all (`HELD_OUT_SHARE`): more is scaled down to that.
    Raises `DataError` where the pairs, or their groups, are too few for that.
    """
    if valid < 0 or test < 0:
        raise DataError(f"A split of {min(valid, test)} pairs makes no sense: ask for 0 or more.")
    limit = len(pairs) // HELD_OUT_SHARE
    if valid + test > limit:
        valid, test = limit * valid // (valid + test), limit * test // (valid + test)
        if valid + test == 0:
            raise DataError(f"{len(pairs)} pairs are too few to split: give at least 10.")
    groups = _draw_order(_groups(pairs), seed)
    held_out_valid = _take(groups, valid)
    held_out_test = _take(groups, test)
    train = [index for group in groups for index in group]
    parts = train, held_out_valid, held_out_test
    return Split(*([pairs[index] for index in sorted(part)] for part in parts))


def _groups(pairs: Sequence[Pair]) -> list[list[int]]:
    """Indices by connected component: union-find over the normalised sides."""
    parent = list(range(len(pairs)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    first: dict[tuple[int, str], int] = {}
    for index, pair in enumerate(pairs):
        for side, text in enumerate(pair):
            other = first.setdefault((side, normalise(text)), index)
            parent[root(index)] = root(other)
    members: defaultdict[int, list[int]] = defaultdict(list)
    for index in range(len(pairs)):
        members[root(index)].append(index)
    return list(members.values())


def _draw_order(groups: list[list[int]], seed: int) -> list[list[int]]:
    draw = random.Random(seed)
    rank = [draw.random() for _ in groups]
    order = sorted(range(len(groups)), key=lambda g: (max(SMALL_GROUP, len(groups[g])), rank[g]))
    return [groups[g] for g in order]


def _take(groups: list[list[int]], wanted: int) -> list[int]:
    """Remove from `groups`, from the front, those that fit into `wanted` pairs; their indices."""
    taken: list[int] = []
    left = []
    for group in groups:
        if len(taken) + len(group) <= wanted:
            taken += group
        else:
            left.append(group)
    if 2 * len(taken) < wanted:
        raise DataError(
            f"Only {len(taken)} of {wanted} pairs can be held out, because too many pairs share a "
            "sentence: give more varied text."
        )
    groups[:] = left
    return taken
