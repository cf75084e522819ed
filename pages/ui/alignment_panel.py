"""Word by word: cross-attention read as an alignment of the two sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from pages.ui.pieces import readable
from pages.ui.prose import escape_markdown
from pages.ui.words import word_label, word_spans
from transformer.analysis.alignment import Alignment, align, word_weights

ALL = 0  # of layers or heads: their mean
THRESHOLD = 0.3


def alignment_panel(
    src_pieces: list[str], tgt_pieces: list[str], cross: np.ndarray, text: Mapping[str, str]
) -> None:
    """The pairs as lines and in words, for the layer, head and threshold that are chosen.

    src_pieces end in [EOS], tgt_pieces begin with [SOS]; row t of cross (L, H, T, S) writes piece
    t + 1.
    """
    st.subheader(text["alignment title"], anchor=False)
    st.markdown(text["alignment"])
    if len(tgt_pieces) < 2 or len(src_pieces) < 2:
        st.caption("There are no two sentences to align.")
        return
    weights = _chosen(cross, text)[:-1, :-1]
    threshold = st.slider(
        text["threshold"], 0.05, 0.95, THRESHOLD, 0.05, key="court.threshold",
        help=text["threshold help"], width=420,
    )  # fmt: skip
    src, tgt = src_pieces[:-1], tgt_pieces[1:]
    spans = word_spans(src), word_spans(tgt)
    words = _words(src, spans[0]), _words(tgt, spans[1])
    _show(align(word_weights(weights, *spans), threshold, words[1]), *words)


def _chosen(cross: np.ndarray, text: Mapping[str, str]) -> np.ndarray:
    """cross (L, H, T, S) -> (T, S): one layer and head, or the mean over all of them."""
    layers, heads = cross.shape[:2]
    columns = st.columns([1, 1, 2])
    with columns[0]:
        layer = st.selectbox(
            text["layer"], range(layers + 1), format_func=_one_or_all, key="court.layer"
        )
    with columns[1]:
        head = st.selectbox(
            text["head"], range(heads + 1), format_func=_one_or_all, key="court.head"
        )
    kept = cross if layer == ALL else cross[layer - 1 : layer]
    kept = kept if head == ALL else kept[:, head - 1 : head]
    return kept.mean((0, 1))


def _one_or_all(number: int) -> str:
    return str(number) if number else "mean of all"


def _words(labels: Sequence[str], spans: Sequence[tuple[int, int]]) -> list[str]:
    """The characters of each word, without the space that it begins with."""
    joined = (word_label(labels[start:end]) for start, end in spans)
    return [readable(word.removeprefix(" ") or word) for word in joined]


def _show(found: Alignment, src: Sequence[str], tgt: Sequence[str]) -> None:
    from pages.figures.alignment import alignment  # plotly comes after the first paint

    crossing = [pair for crossed in found.crossings for pair in crossed]
    left, right = st.columns([3, 2], gap="large")
    with left:
        figure = alignment(src, tgt, found.weights, found.pairs, crossing)
        plain = {"displayModeBar": False, "scrollZoom": False}
        st.plotly_chart(figure, theme=None, key="court.alignment", config=plain)
    with right:
        for line in alignment_words(found, src, tgt):
            st.markdown(line)


def alignment_words(found: Alignment, src: Sequence[str], tgt: Sequence[str]) -> list[str]:
    """The alignment in Markdown: what crosses, what nobody looks at, and every pair."""

    def bold(words: Sequence[str], places: Sequence[int]) -> str:
        return ", ".join(f"**{escape_markdown(words[place])}**" for place in places)

    crossed = [
        f"{bold(src, [right])} {bold(src, [left])} → {bold(tgt, [one])} {bold(tgt, [two])}"
        for (one, left), (two, right) in found.crossings
    ]
    looked = [
        f"{bold(src, [s])} by {bold(tgt, [t for t, other in found.pairs if other == s])}"
        for s in found.repeated
    ]
    pairs = [
        f"{escape_markdown(tgt[t])} ← {escape_markdown(src[s])} {found.weights[t, s]:.2f}"
        for t, s in found.pairs
    ]
    return [
        f"Crossing: {'; '.join(crossed) or 'none'}",
        f"Looked at by nobody: {bold(src, found.dropped) or 'none'}",
        f"Looked at by several: {'; '.join(looked) or 'none'}",
        f"Pairs: {' · '.join(pairs) or 'none at this threshold: lower it'}",
    ]
