"""All words of the vocabulary on an axis between two groups of words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from pages.ui.axes import Word, axis_places, best, group_of
from pages.ui.catalogue import ModelInfo
from pages.ui.errors import plain_errors
from pages.ui.kept import Kept, yes_or_no
from pages.ui.state import Look
from pages.ui.take_away import camera, csv_button
from pages.ui.vocabulary import own_pieces, shown_side, vocabulary
from pages.ui.word_fields import examples, origin, row_table, that_begin_words, word_fields

AXES = {
    "one or many": ("file, row, page", "files, rows, pages"),
    "English or Italian": ("the, is, of, and", "il, è, di, e"),
    "now or then": ("go, come, see, take", "went, came, saw, took"),
    "he or she": ("man, boy, father", "woman, girl, mother"),
}
OUT = 8
USUAL = dict(zip(("left", "right"), AXES["one or many"], strict=True))


def axis(look: Look, info: ModelInfo, kept: Kept, text: Mapping[str, str]) -> None:
    """The two groups, and where everything lies between them."""
    st.subheader(text["axis title"], anchor=False)
    examples(kept, "ends", text["axes"], AXES, USUAL)
    given = word_fields(kept, text["axis fields"], USUAL)
    starts = st.toggle(text["starts"], **kept.bound("axisstarts", True, yes_or_no))
    kept.tell()
    with plain_errors(stop=False):
        side = shown_side(info)
        left, right = (group_of(info, words, side) for words in given)
        places = axis_places(info, left, right, side)
        _ends(look, info, places, (left, right), starts, text)


def _ends(
    look: Look,
    info: ModelInfo,
    places: np.ndarray,
    groups: tuple[tuple[Word, ...], tuple[Word, ...]],
    starts: bool,
    text: Mapping[str, str],
) -> None:
    from pages.figures.directions import between, ends

    side = shown_side(info)
    known = vocabulary(info, side)
    allowed = that_begin_words(known, starts)
    out = [*best(-places, OUT, allowed), *reversed(best(places, OUT, allowed))]
    rows = list(dict.fromkeys(out))
    marked = [
        (known.labels[word[0]], word[0], name)
        for name, group in zip(("left", "right"), groups, strict=True)
        for word in group
        if len(word) == 1  # a word of several pieces is no point of the vocabulary
    ]
    own = own_pieces(info, look, side)
    marked += [(known.labels[row], row, "yours") for row in own]
    shown = [(name, float(places[row]), group) for name, row, group in marked]
    figure = between(places[allowed], shown)
    left, right = st.columns([1.7, 1], gap="medium")
    with left:
        st.plotly_chart(figure, theme=None, key="axes.between", config=camera("axis"))
    with right:
        figure = ends([known.labels[row] for row in rows], places[rows].tolist())
        st.plotly_chart(figure, theme=None, key="axes.ends-chart", config=camera("ends"))
    st.caption(text["axis"])
    origin(look, info, known)
    order = np.argsort(places, kind="stable").tolist()
    told = ((known.labels[row], row, places[row], row in own) for row in order)
    csv_button(text["axis csv"], "axis", f"{info.stand} · axis", row_table(told))
