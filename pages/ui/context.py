"""One word in several sentences: its vectors at every stop of the encoder. Cached, numpy and text
only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from pages.ui.catalogue import LookError, ModelInfo, stamp_of
from pages.ui.models import check_text, tokenize
from pages.ui.paths import Paths, states_of, through_encoder
from pages.ui.results import Tokens
from pages.ui.script import state_script

MOST_SENTENCES = 12


@dataclass(frozen=True)
class Met:
    """A word in the sentences that hold it: its paths, how far they part at each stop, and how far
    other pieces of these sentences do. lacking are the sentences without it."""

    paths: Paths
    parting: np.ndarray
    others: np.ndarray
    lacking: list[str]
    pieces: list[int]  # of the word in each sentence


def places_of(tokens: Tokens, word: str) -> list[int]:
    """The pieces that hold the first place of a word in a text, whole and in any case; none where
    it is not there."""
    found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", tokens.source, re.IGNORECASE)
    if found is None:
        return []
    return [
        place
        for place, (start, end) in enumerate(tokens.spans)
        if start < found.end() and end > found.start()
    ]


def meet(info: ModelInfo, word: str, sentences: Sequence[str]) -> Met:
    """A word in several sentences. Raises `LookError` where none holds it, or one is too long."""
    given = list(dict.fromkeys(" ".join(text.split()) for text in sentences if text.strip()))
    if not word.strip():
        raise LookError("Type a word to follow through the layers.")
    if len(given) > MOST_SENTENCES:
        raise LookError(f"Up to {MOST_SENTENCES} sentences fit on one map: leave some out.")
    for text in given:
        check_text(info, text)
    return _meet(str(info.folder), stamp_of(info.folder), word.strip(), tuple(given), info)


@st.cache_data(max_entries=32, show_spinner=False)
def _meet(
    folder: str, stamp: tuple[int, ...], word: str, sentences: tuple[str, ...], _info: ModelInfo
) -> Met:
    import torch

    from transformer.analysis.contextual import distances, parting, parting_of_others

    held = {text: places_of(tokenize(_info, text), word) for text in sentences}
    lacking = [text for text, places in held.items() if not places]
    texts = [text for text, places in held.items() if places]
    if not texts:
        raise LookError(f"No sentence holds the word “{word[:40]}”: write one that does.")
    states = [states_of(_info, text) for text in texts]  # (P, S + 1, D) each
    vectors = torch.stack(
        [found[:, held[text]].mean(1) for text, found in zip(texts, states, strict=True)], 1
    )
    rest = []
    for text, found in zip(texts, states, strict=True):
        kept = [place for place in range(found.size(1) - 1) if place not in held[text]]
        rest.append(found[:, kept])
    paths = through_encoder(_info, vectors, texts, [f"“{word}” in: {text}" for text in texts])
    scripts = [state_script(_info, text, held[text]) for text in texts]
    return Met(
        replace(paths, distances=distances(vectors).numpy(), scripts=scripts),
        parting(vectors).numpy(),
        parting_of_others(rest).numpy(),
        lacking,
        [len(held[text]) for text in texts],
    )
