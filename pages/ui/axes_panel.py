"""Arithmetic and axes: what a direction between words means to this model, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import streamlit as st

from pages.ui.axes import Word, analogy_cosines, axis_places, best, group_of, word_of
from pages.ui.catalogue import LookError, ModelInfo
from pages.ui.layout import provenance
from pages.ui.models import plain_errors
from pages.ui.prose import escape_markdown, prose
from pages.ui.state import Look, read_look
from pages.ui.take_away import camera, csv_button
from pages.ui.vocabulary import Vocabulary, own_pieces, shown_side, vocabulary
from pages.ui.word_views import MAP_KINDS

SUMS = {
    "files − file + page": ("files", "file", "page"),
    "uomo − man + woman": ("uomo", "man", "woman"),
    "came − come + go": ("came", "come", "go"),
    "had − has + is": ("had", "has", "is"),
    "king − man + woman": ("king", "man", "woman"),
}
AXES = {
    "one or many": ("file, row, page", "files, rows, pages"),
    "English or Italian": ("the, is, of, and", "il, è, di, e"),
    "now or then": ("go, come, see, take", "went, came, saw, took"),
    "he or she": ("man, boy, father", "woman, girl, mother"),
}
TOP, OUT = 10, 8
_SUM, _ENDS = "axes.sum", "axes.ends"


def axes_panel(look: Look, info: ModelInfo) -> None:
    """Both halves, each drawn anew alone."""
    text = prose("embeddings-axes")
    st.markdown(text["lead"])
    st.fragment(_arithmetic)(info, text)
    st.fragment(_axis)(info, text)


def _arithmetic(info: ModelInfo, text: Mapping[str, str]) -> None:
    st.subheader(text["sum title"], anchor=False)
    _examples(text["sums"], SUMS, "axes.sum-example", _SUM)
    kept = st.session_state.setdefault(_SUM, next(iter(SUMS.values())))
    given = _fields(kept, text["sum fields"].split(" | "), _SUM)
    with st.container(horizontal=True, gap="large"):
        without = st.toggle(text["without"], value=True, key="axes.without")
        starts = st.toggle(text["starts"], value=True, key="axes.starts")
    with plain_errors(stop=False):
        side = shown_side(info)
        words = [word_of(info, word, side) for word in given]
        _candidates(info, vocabulary(info, side), given, words, (without, starts), text)


def _candidates(
    info: ModelInfo,
    known: Vocabulary,
    given: Sequence[str],
    words: Sequence[Word],
    choices: tuple[bool, bool],
    text: Mapping[str, str],
) -> None:
    from pages.figures.directions import candidates  # plotly comes after the first paint

    without, starts = choices
    cosines = analogy_cosines(info, words, shown_side(info))
    allowed = _allowed(known, starts)
    own = {number for word in words for number in word}
    anything = best(cosines, TOP, allowed)
    allowed[list(own)] &= not without
    rows = best(cosines, TOP, allowed)
    if not rows:
        raise LookError("No piece is left to be an answer: allow the words given, or all pieces.")
    a, b, c = (escape_markdown(word.strip()) for word in given)
    with st.container(key="dawn-verdict"):
        st.markdown(
            text["answer"].format(
                a=a, b=b, c=c, answer=escape_markdown(known.labels[rows[0]]),
                cosine=f"{cosines[rows[0]]:.2f}",
            )
        )  # fmt: skip
    figure = candidates(
        [known.labels[row] for row in rows], cosines[rows].tolist(), [row in own for row in rows]
    )
    st.plotly_chart(figure, theme=None, key="axes.candidates", config=camera("candidates"))
    taken = [known.labels[row] for row in anything[: len(own)] if row in own]
    if without and taken:
        names = ", ".join(escape_markdown(name) for name in taken)
        st.caption(text["own first"].format(names=names))
    st.caption(text["sum"] + text["pieces"] * any(len(word) > 1 for word in words))
    _origin(info, known)
    told = ((known.labels[row], row, cosines[row], row in own) for row in rows)
    csv_button(text["sum csv"], "arithmetic", f"{info.stand} · {a} − {b} + {c}", _table(told))


def _axis(info: ModelInfo, text: Mapping[str, str]) -> None:
    st.subheader(text["axis title"], anchor=False)
    _examples(text["axes"], AXES, "axes.axis-example", _ENDS)
    kept = st.session_state.setdefault(_ENDS, next(iter(AXES.values())))
    given = _fields(kept, text["axis fields"].split(" | "), _ENDS)
    starts = st.toggle(text["starts"], value=True, key="axes.axis-starts")
    with plain_errors(stop=False):
        side = shown_side(info)
        left, right = (group_of(info, words, side) for words in given)
        places = axis_places(info, left, right, side)
        _ends(info, side, places, (left, right), starts, text)


def _ends(
    info: ModelInfo,
    side: str,
    places: np.ndarray,
    groups: tuple[tuple[Word, ...], tuple[Word, ...]],
    starts: bool,
    text: Mapping[str, str],
) -> None:
    from pages.figures.directions import between, ends

    known = vocabulary(info, side)
    allowed = _allowed(known, starts)
    out = [*best(-places, OUT, allowed), *reversed(best(places, OUT, allowed))]
    rows = list(dict.fromkeys(out))
    marked = [
        (known.labels[word[0]], word[0], name)
        for name, group in zip(("left", "right"), groups, strict=True)
        for word in group
        if len(word) == 1  # a word of several pieces is no point of the vocabulary
    ]
    own = own_pieces(info, read_look(), side)
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
    _origin(info, known)
    order = np.argsort(places, kind="stable").tolist()
    told = ((known.labels[row], row, places[row], row in own) for row in order)
    csv_button(text["axis csv"], "axis", f"{info.stand} · axis", _table(told))


def _table(rows: Iterator[tuple[str, int, float, bool]]) -> Iterator[Sequence[object]]:
    yield "piece", "id", "value", "given"
    yield from rows


def _allowed(known: Vocabulary, starts: bool) -> np.ndarray:
    """Which pieces may answer: no special ones, and with `starts` only those that begin a word."""
    names = ("start",) if starts else ("start", "inside", "byte")
    return np.isin(known.kinds, [MAP_KINDS.index(name) for name in names])


def _examples(label: str, examples: Mapping[str, tuple[str, ...]], key: str, kept: str) -> None:
    def take() -> None:
        chosen = st.session_state[key]
        if chosen in examples:
            st.session_state[kept] = examples[chosen]
            st.session_state[key] = None

    st.pills(label, list(examples), key=key, on_change=take, label_visibility="collapsed")


def _fields(kept: Sequence[str], labels: Sequence[str], name: str) -> tuple[str, ...]:
    """A field for each word or group; kept while another panel is open."""
    keys = [f"{name}.{place}" for place in range(len(labels))]

    def keep() -> None:
        st.session_state[name] = tuple(st.session_state[key] for key in keys)

    for column, key, value, label in zip(st.columns(len(labels)), keys, kept, labels, strict=True):
        st.session_state[key] = value
        column.text_input(label, key=key, max_chars=200, on_change=keep)
    return tuple(st.session_state[key] for key in keys)


def _origin(info: ModelInfo, known: Vocabulary) -> None:
    side = shown_side(info)
    provenance(read_look(), info, f"{side}_embedding.weight", "v d", known.matrix.shape)
