"""What arithmetic and axes share: fields for words, examples that fill them, lines of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.kept import Kept, up_to
from pages.ui.layout import provenance
from pages.ui.state import Look
from pages.ui.vocabulary import Vocabulary, shown_side
from pages.ui.word_views import MAP_KINDS

LONGEST = 200  # characters of a field


def word_fields(kept: Kept, labels: str, usual: Mapping[str, str]) -> list[str]:
    """A field for each word or group, by its name in the address; labels are parted by bars."""
    columns = st.columns(len(usual))
    return [
        column.text_input(label, max_chars=LONGEST, **kept.bound(name, value, up_to(LONGEST)))
        for column, label, (name, value) in zip(
            columns, labels.split(" | "), usual.items(), strict=True
        )
    ]


def examples(
    kept: Kept,
    name: str,
    label: str,
    known: Mapping[str, Sequence[str]],
    usual: Mapping[str, str],
) -> None:
    """Pills of which each fills the fields named in `usual`, in one step of the history."""
    key = f"{kept.panel}.{name}"

    def take() -> None:
        chosen = st.session_state[key]
        if chosen in known:
            values = zip(usual.items(), known[chosen], strict=True)
            kept.keep(**{field: (value, first) for (field, first), value in values})
            st.session_state[key] = None

    st.pills(label, list(known), key=key, on_change=take, label_visibility="collapsed")


def that_begin_words(known: Vocabulary, starts: bool) -> np.ndarray:
    """Which pieces may answer: no special ones, and with `starts` only those that begin a word."""
    names = ("start",) if starts else ("start", "inside", "byte")
    return np.isin(known.kinds, [MAP_KINDS.index(name) for name in names])


def row_table(rows: Iterable[tuple[str, int, float, bool]]) -> Iterator[Sequence[object]]:
    """The lines of a table of pieces."""
    yield "piece", "id", "value", "given"
    yield from rows


def origin(look: Look, info: ModelInfo, known: Vocabulary) -> None:
    """The line that says which matrix it was."""
    tensor = f"{shown_side(info)}_embedding.weight"
    provenance(look, info, tensor, "v d", known.matrix.shape)
