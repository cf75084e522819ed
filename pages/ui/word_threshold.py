"""The lesson's vocabulary of words on a shipped text: all of them counted, and a threshold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.components import mount, pack
from pages.ui.layout import notice
from pages.ui.pieces import readable, visible
from trainer.corpora import SHIPPED, DataError, load_corpus

_CORPUS = "steps.corpus"


def word_threshold(
    info: ModelInfo, sentence: str, provenance: str, text: Mapping[str, str]
) -> None:
    """Choose a text, see its words counted, and what a threshold makes of the sentence."""
    from transformer.analysis.word_counts import cut_words

    corpus = st.segmented_control(
        text["counted on"], list(SHIPPED), default=next(iter(SHIPPED)), required=True, key=_CORPUS
    )
    try:
        with st.spinner(text["counting"]):
            words, counts = counted(str(corpus), 0)
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


@st.cache_data(max_entries=4, show_spinner=False)
def counted(corpus: str, side: int) -> tuple[list[str], list[int]]:
    """The words of one side of a corpus, sorted, and how often each was seen."""
    from transformer.analysis.word_counts import word_counts

    found = word_counts(pair[side] for pair in load_corpus(corpus).pairs)
    return [word for word, _ in found], [times for _, times in found]
