"""The lesson's vocabulary of words on a shipped text: all of them counted, and a threshold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.components import mount, pack
from pages.ui.kept import Kept, one_of
from pages.ui.layout import notice
from pages.ui.pieces import readable, visible
from pages.ui.stepwise import all_done
from trainer.corpora import SHIPPED, DataError, Pair, load_corpus

PARTS = 16  # in which a corpus is counted


def word_threshold(
    info: ModelInfo, sentence: str, provenance: str, text: Mapping[str, str]
) -> None:
    """Choose a text, see its words counted, and what a threshold makes of the sentence."""
    from transformer.analysis.word_counts import cut_words

    kept = Kept("tokens")
    bound = kept.bound("corpus", next(iter(SHIPPED)), one_of(SHIPPED))
    corpus = str(st.segmented_control(text["counted on"], list(SHIPPED), required=True, **bound))
    kept.tell()
    try:
        if not all_done("counting", text["counting"], counting(corpus, 0), corpus):
            return
        words, counts = counted(corpus, 0)
    except DataError as error:
        notice(str(error), "warning")
        return
    places = {word: place for place, word in enumerate(words)}
    header = {
        "list": [readable(word) for word in words],
        "sentence": [[visible(word), places.get(word, -1)] for word in cut_words(sentence)],
        "provenance": f"{corpus}, {info.languages[0]} · {sum(counts):,} words, "
        f"{len(words):,} different ones · {provenance}",
    }
    mount("threshold")(data=pack(header, {"counts": np.array(counts, np.uint32)}), key="threshold")


def counting(corpus: str, side: int) -> list[Callable[[], object]]:
    """The steps of `counted`: it is quick when they are done."""
    return [partial(_part, corpus, side, part) for part in range(PARTS)]


@st.cache_data(max_entries=4, show_spinner=False)
def counted(corpus: str, side: int) -> tuple[list[str], list[int]]:
    """The words of one side of a corpus, sorted, and how often each was seen."""
    from transformer.analysis.word_counts import by_count

    found = by_count(sum((_part(corpus, side, part) for part in range(PARTS)), Counter()))
    return [word for word, _ in found], [times for _, times in found]


@st.cache_resource(max_entries=4 * PARTS, show_spinner=False)
def _part(corpus: str, side: int, part: int) -> Counter[str]:
    """The words of every `PARTS`-th pair. Shared: change it not."""
    from transformer.analysis.word_counts import count_words

    return count_words(pair[side] for pair in _pairs(corpus)[part::PARTS])


@st.cache_resource(max_entries=2, show_spinner=False)
def _pairs(corpus: str) -> list[Pair]:
    return load_corpus(corpus).pairs
