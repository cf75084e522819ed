"""Words of a vocabulary as directions: arithmetic and axes. Cached, numpy and text only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages.ui import maps
from pages.ui.catalogue import LookError, ModelInfo
from pages.ui.models import embedding_matrix, tokenize
from pages.ui.pieces import UNK

MOST_WORDS = 24

Word = tuple[int, ...]
"""A word as the numbers of its pieces."""


def word_of(info: ModelInfo, word: str, side: str) -> Word:
    """The pieces of a word as they stand in a text. Raises `LookError` where it is none."""
    ids = tuple(tokenize(info, word.strip(), side).ids)
    if not ids:
        raise LookError("A word is missing: type one in each field.")
    if UNK in ids:
        raise LookError(f"This vocabulary does not hold “{word.strip()[:40]}”: try another word.")
    return ids


def group_of(info: ModelInfo, words: str, side: str) -> tuple[Word, ...]:
    """A group of words, parted by commas. Raises `LookError`."""
    parts = [part for part in words.split(",") if part.strip()]
    if not parts:
        raise LookError("An end of the axis is empty: name at least one word.")
    if len(parts) > MOST_WORDS:
        raise LookError(f"Up to {MOST_WORDS} words make an end of the axis: leave some out.")
    return tuple(word_of(info, part, side) for part in parts)


def analogy_cosines(info: ModelInfo, words: Sequence[Word], side: str) -> np.ndarray:
    """cos(row, a - b + c) of every row of the embedding: (V,)."""
    return _analogy(maps.identity(info), info, tuple(words), side)


def axis_places(
    info: ModelInfo, left: tuple[Word, ...], right: tuple[Word, ...], side: str
) -> np.ndarray:
    """Where every row lies between two groups of words, in -1..1: (V,). Raises `LookError`."""
    places = _places(maps.identity(info), info, left, right, side)
    if not places.any():
        raise LookError("Both ends of the axis are the same words: change one of them.")
    return places


@st.cache_data(max_entries=64, show_spinner=False)
def _analogy(identity: str, _info: ModelInfo, words: tuple[Word, ...], side: str) -> np.ndarray:
    import torch

    from transformer.analysis.axes import analogy

    matrix = torch.from_numpy(np.array(embedding_matrix(_info, side)[0]))
    return analogy(matrix, *words).numpy()


@st.cache_data(max_entries=64, show_spinner=False)
def _places(
    identity: str,
    _info: ModelInfo,
    left: tuple[Word, ...],
    right: tuple[Word, ...],
    side: str,
) -> np.ndarray:
    import torch

    from transformer.analysis.axes import along_axis

    matrix = torch.from_numpy(np.array(embedding_matrix(_info, side)[0]))
    return along_axis(matrix, left, right)[0].numpy()


def best(scores: np.ndarray, count: int, allowed: np.ndarray) -> list[int]:
    """The rows with the highest scores, best first, of those that are allowed (V,) bool."""
    rows = np.flatnonzero(allowed)
    return rows[np.argsort(-scores[rows], kind="stable")[:count]].tolist()
