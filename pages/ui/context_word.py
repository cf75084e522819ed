"""One word in several sentences: the word, the sentences, its paths, and how far they part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.context import Met, meet
from pages.ui.kept import Kept, up_to
from pages.ui.layout import notice
from pages.ui.paths_view import paths_view
from pages.ui.prose import escape_markdown
from pages.ui.state import Look
from pages.ui.take_away import camera, csv_button

EXAMPLES = {
    "can": (
        "you can open the door",
        "we can go home now",
        "he drank a can of beer",
        "there is a can of water",
    ),
    "bank": (
        "edmund closed his account at the bank",
        "the bank gave him the money",
        "they sat on the bank of the river",
        "the boat lay by the bank of the river",
    ),
    "watch": (
        "we watch television every night",
        "they watch the children",
        "my watch is broken",
        "he gave me a gold watch",
    ),
    "light": (
        "the box is light and small",
        "this bag is very light",
        "the light in the room was red",
        "he saw a light in the house",
    ),
}
"""Of each word four sentences: the first two mean one thing, the last two another."""
USUAL = ("can", "\n".join(EXAMPLES["can"]))
LONGEST_WORD, LONGEST_TEXT = 40, 2_000  # characters; both are in the address
_EXAMPLE = "context.example"


def one_word(look: Look, info: ModelInfo, kept: Kept, text: Mapping[str, str]) -> None:
    """Where to type, and what comes of it."""
    st.markdown(text["word lead"])
    word, sentences = _asked(kept, text)
    kept.tell()
    met = meet(info, word, sentences)
    if met.lacking:
        notice(text["lacking"].format(word=word), points=met.lacking)
    origin = f"{info.stand} · “{word}” in {len(met.pieces)} sentences"
    paths_view(
        met.paths, title=f"“{word}” through the encoder", file=f"context-{word}",
        provenance=origin, key="context.paths",
    )  # fmt: skip
    st.caption(" ".join([text["plane"], text["pieces"] * (max(met.pieces) > 1)]))
    if len(met.pieces) > 1:
        _score(word, met, origin, text)


def _asked(kept: Kept, text: Mapping[str, str]) -> tuple[str, list[str]]:
    def take_example() -> None:
        chosen = st.session_state[_EXAMPLE]
        if chosen in EXAMPLES:
            texts = "\n".join(EXAMPLES[chosen])
            kept.keep(word=(chosen, USUAL[0]), texts=(texts, USUAL[1]))
            st.session_state[_EXAMPLE] = None

    left, right = st.columns([1, 2.4], gap="medium")
    with left:
        word = st.text_input(
            text["word"], max_chars=LONGEST_WORD, help=text["word help"],
            **kept.bound("word", USUAL[0], up_to(LONGEST_WORD)),
        )  # fmt: skip
        st.pills(text["examples"], list(EXAMPLES), key=_EXAMPLE, on_change=take_example)
    with right:
        sentences = st.text_area(
            text["texts"], height=136, max_chars=LONGEST_TEXT,
            **kept.bound("texts", USUAL[1], up_to(LONGEST_TEXT)),
        )  # fmt: skip
    return word.strip(), sentences.split("\n")


def _score(word: str, met: Met, origin: str, text: Mapping[str, str]) -> None:
    """How far the word parts at each stop, beside what any two pieces have."""
    from pages.figures.parting import parting_chart  # plotly comes after the first paint

    numbers = {
        "word": escape_markdown(word),
        "stop": met.paths.stops[-1],
        "own": f"{met.parting[-1]:.2f}",
        "others": f"{met.others[-1]:.2f}",
    }
    beside = text["verdict others"] * bool(np.isfinite(met.others[-1]))
    with st.container(key="dawn-verdict"):
        st.markdown((text["verdict"] + beside + ".").format(**numbers))
    if met.paths.labels == list(EXAMPLES.get(word, ())):
        assert met.paths.distances is not None  # the sentences are few
        st.markdown(senses(met.paths.distances[-1], text))
    figure = parting_chart(met.paths.stops, word, met.parting, met.others)
    st.plotly_chart(figure, theme=None, key="context.score", config=camera("parting"))
    st.caption(text["score"])
    csv_button(text["score csv"], "parting", origin, _score_rows(met))


def senses(distances: np.ndarray, text: Mapping[str, str]) -> str:
    """Whether the model parts the two senses of an example: distances (4, 4) of its sentences."""
    one, two = distances[[0, 2], [1, 3]], distances[:2, 2:].ravel()
    so = "always" if one.max() < two.min() else "mean" if one.mean() < two.mean() else "never"
    numbers = {"one": f"{one.mean():.2f}", "two": f"{two.mean():.2f}", "so": text[f"parts {so}"]}
    return text["senses"].format(**numbers)


def _score_rows(met: Met) -> Iterator[Sequence[object]]:
    yield "stop", "tensor", "word", "other pieces"
    yield from zip(met.paths.stops, met.paths.tensors[0], met.parting, met.others, strict=True)
