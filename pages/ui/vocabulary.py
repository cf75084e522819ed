"""The vocabulary of a model as the map needs it: labels, kinds, neighbours. Cached by bundle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from pages.ui import maps
from pages.ui.catalogue import LookError, ModelInfo
from pages.ui.kept import Kept, one_of
from pages.ui.models import embedding_matrix, load, tokenize, translate
from pages.ui.pieces import readable
from pages.ui.state import Look
from pages.ui.word_views import kinds_of

SIDES = ("src", "tgt")


@dataclass(frozen=True)
class Vocabulary:
    """matrix (V, D) float32; labels readable, one a row; kinds (V,) uint8. Shared: change none."""

    matrix: np.ndarray
    labels: list[str]
    kinds: np.ndarray


def vocabulary(info: ModelInfo, side: str = "src") -> Vocabulary:
    """The source or target vocabulary of a model. Raises `LookError` and `BundleError`."""
    return _vocabulary(maps.identity(info), info, side)


def neighbours(
    info: ModelInfo, row: int, side: str = "src", measure: str = "cosine", count: int = 12
) -> tuple[list[int], list[float]]:
    """The rows nearest to `row` in all D dimensions, by "cosine" or by "distance": their numbers
    and cosines or distances."""
    return _neighbours(maps.identity(info), info, row, side, measure, count)


def vocabulary_control(info: ModelInfo, **bound: Any) -> str:
    """Which of a model's two vocabularies to look at, "src" or "tgt"; a joint one is not asked.
    bound are the widget's key and what keeps its choice."""
    if info.joint:
        return "src"
    names = {"src": f"Source ({info.languages[0]})", "tgt": f"Target ({info.languages[1]})"}
    side = st.segmented_control(
        "Vocabulary",
        list(names),
        format_func=names.__getitem__,
        required=True,
        **bound,
    )
    return str(side)


def shown_side(info: ModelInfo) -> str:
    """The vocabulary that the map shows."""
    return "src" if info.joint else Kept("map").read("side", "src", one_of(SIDES))


def own_pieces(info: ModelInfo, look: Look, side: str) -> list[int]:
    """The pieces of the person's sentence, or of its translation, each once."""
    if side == "src" or look.tgt is not None:
        text = look.src if side == "src" else look.tgt or ""
        ids = tokenize(info, text, side).ids
    else:
        try:
            ids = translate(info, look.src)[0].ids
        except LookError:  # nothing to translate: the map needs no sentence
            ids = []
    return list(dict.fromkeys(ids))


@st.cache_resource(max_entries=4, show_spinner=False)
def _vocabulary(identity: str, _info: ModelInfo, side: str) -> Vocabulary:
    matrix, labels = embedding_matrix(_info, side)
    bundle = load(_info)
    tokenizer = bundle.src_tokenizer if side == "src" else bundle.tgt_tokenizer
    kinds = kinds_of(labels, tokenizer.is_byte_level)
    return Vocabulary(matrix, [readable(label) for label in labels], kinds)


@st.cache_data(max_entries=512, show_spinner=False)
def _neighbours(
    identity: str, _info: ModelInfo, row: int, side: str, measure: str, count: int
) -> tuple[list[int], list[float]]:
    import torch

    from transformer.analysis.projections import nearest, nearest_by_distance

    matrix = torch.from_numpy(np.array(embedding_matrix(_info, side)[0]))
    find = nearest if measure == "cosine" else nearest_by_distance
    indices, values = find(matrix, row, count)
    return indices.tolist(), values.tolist()
