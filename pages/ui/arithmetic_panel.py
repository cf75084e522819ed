"""a - b + c: the words of the vocabulary nearest to the sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui.axes import Word, analogy_cosines, best, word_of
from pages.ui.catalogue import LookError, ModelInfo
from pages.ui.errors import plain_errors
from pages.ui.kept import Kept, yes_or_no
from pages.ui.prose import escape_markdown
from pages.ui.script import sum_script
from pages.ui.state import Look
from pages.ui.take_away import camera, csv_button
from pages.ui.vocabulary import Vocabulary, shown_side, vocabulary
from pages.ui.word_fields import examples, origin, row_table, that_begin_words, word_fields

SUMS = {
    "files − file + page": ("files", "file", "page"),
    "uomo − man + woman": ("uomo", "man", "woman"),
    "came − come + go": ("came", "come", "go"),
    "had − has + is": ("had", "has", "is"),
    "king − man + woman": ("king", "man", "woman"),
}
TOP = 10
USUAL = dict(zip("abc", SUMS["files − file + page"], strict=True))


def arithmetic(look: Look, info: ModelInfo, kept: Kept, text: Mapping[str, str]) -> None:
    """The three words, and what comes out."""
    st.subheader(text["sum title"], anchor=False)
    examples(kept, "sums", text["sums"], SUMS, USUAL)
    given = word_fields(kept, text["sum fields"], USUAL)
    with st.container(horizontal=True, gap="large"):
        without = st.toggle(text["without"], **kept.bound("without", True, yes_or_no))
        starts = st.toggle(text["starts"], **kept.bound("starts", True, yes_or_no))
    kept.tell()
    with plain_errors(stop=False):
        side = shown_side(info)
        words = [word_of(info, word, side) for word in given]
        known = vocabulary(info, side)
        _candidates(info, known, given, words, (without, starts), text)
        origin(look, info, known)


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
    allowed = that_begin_words(known, starts)
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
    mean = [text["pieces"]] if any(len(word) > 1 for word in words) else []
    st.caption(" ".join([text["sum"], *mean]))
    with st.expander(text["python"]):
        st.code(sum_script(info, shown_side(info), given, TOP), language="python", wrap_lines=True)
        st.caption(text["python note"])
    told = ((known.labels[row], row, cosines[row], row in own) for row in rows)
    asked = f"{given[0].strip()} − {given[1].strip()} + {given[2].strip()}"
    csv_button(text["sum csv"], "arithmetic", f"{info.stand} · {asked}", row_table(told))
