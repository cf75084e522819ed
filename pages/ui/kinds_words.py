"""The same words as vectors of three kinds: a map of each, and the neighbours of one word."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui.axes import word_of
from pages.ui.catalogue import LookError, ModelInfo
from pages.ui.errors import plain_errors
from pages.ui.kept import Kept, one_of, up_to
from pages.ui.kinds import KINDS, kind_rows, near_rows, own_plane
from pages.ui.layout import provenance
from pages.ui.prose import escape_markdown
from pages.ui.state import Look
from pages.ui.take_away import camera, csv_button
from pages.ui.vocabulary import shown_side, vocabulary

WORDS = "red, blue, green, man, woman, boy, girl, one, two, three, file, files, row, rows, go, went"
LONGEST = 400  # characters
MOST, NEAR = 40, 8


def kinds_words(look: Look, info: ModelInfo, kept: Kept, text: Mapping[str, str]) -> None:
    """The words, and what each kind of vector makes of them."""
    asked = st.text_input(
        text["words"], max_chars=LONGEST, help=text["words help"],
        **kept.bound("words", WORDS, up_to(LONGEST), clears=["row"]),
    )  # fmt: skip
    with plain_errors(stop=False):
        side = shown_side(info)
        ids, left_out = _pieces(info, asked, side)
        labels = [vocabulary(info, side).labels[number] for number in ids]
        if left_out:
            st.caption(text["left out"].format(words=escape_markdown(", ".join(left_out))))
        row = st.pills(
            text["near"], labels, required=True, format_func=escape_markdown,
            **kept.bound("row", labels[0], one_of(labels)),
        )  # fmt: skip
        kept.tell()
        _columns(look, info, side, ids, labels, ids[labels.index(str(row))], text)


def _pieces(info: ModelInfo, asked: str, side: str) -> tuple[list[int], list[str]]:
    """The words that are single pieces, each once, and those that are not. Raises `LookError`."""
    words = list(dict.fromkeys(word.strip() for word in asked.split(",") if word.strip()))
    found = {word: word_of(info, word, side) for word in words[:MOST]}
    ids = list(dict.fromkeys(word[0] for word in found.values() if len(word) == 1))
    if not ids:
        raise LookError("None of these words is a single piece of this vocabulary: try others.")
    return ids, [word for word, pieces in found.items() if len(pieces) > 1] + words[MOST:]


def _columns(
    look: Look,
    info: ModelInfo,
    side: str,
    ids: list[int],
    labels: list[str],
    row: int,
    text: Mapping[str, str],
) -> None:
    from pages.figures.directions import candidates
    from pages.figures.kinds import COLOURS, few_words  # plotly comes after the first paint

    known, told = vocabulary(info, side).labels, []
    for (kind, name), column in zip(
        KINDS.items(), st.columns(len(KINDS), gap="medium"), strict=True
    ):
        rows, colour = kind_rows(info, kind, side), COLOURS[name]
        with column:
            st.markdown(f"**{name}**")
            st.caption(text[kind])
            if rows is None:
                st.caption(text["not yet"])
                continue
            figure = few_words(own_plane(rows, ids), labels, ids.index(row), colour)
            st.plotly_chart(figure, theme=None, key=f"kinds.map.{kind}", config=camera(kind))
            near, cosines = near_rows(rows, row, NEAR)
            if not near:
                st.caption(text["unseen"])
                continue
            figure = candidates([known[n] for n in near], cosines, [False] * len(near), colour)
            figure.update_xaxes(range=[0, 1])  # the same for all three, so that bars compare
            st.plotly_chart(figure, theme=None, key=f"kinds.near.{kind}", config=camera(kind))
            told += [(name, known[row], known[n], c) for n, c in zip(near, cosines, strict=True)]
    st.caption(text["maps"])
    provenance(look, info, f"{side}_embedding.weight", "v d", (len(known), info.d_model))
    columns = ("kind", "word", "neighbour", "cosine")
    csv_button(text["near csv"], "neighbours", f"{info.stand} · three kinds", [columns, *told])
