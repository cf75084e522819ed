"""Contextless, then context: where a word goes when its sentences pull at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.context import Met, meet, sentence_paths, two_languages
from pages.ui.layout import notice
from pages.ui.models import explain, plain_errors
from pages.ui.paths_view import paths_view
from pages.ui.prose import escape_markdown, prose
from pages.ui.state import Look, read_look
from pages.ui.subject import what
from pages.ui.take_away import camera, csv_button

EXAMPLES = {
    "bank": (
        "edmund closed his account at the bank",
        "the bank gave him the money",
        "they sat on the bank of the river",
        "the boat lay by the bank of the river",
    ),
    "can": (
        "you can open the door",
        "we can go home now",
        "he drank a can of beer",
        "there is a can of water",
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
VIEWS = {"word": "One word", "sentence": "Your sentence", "languages": "Two languages"}
MAX_CHARS = 4_000
_VIEW, _ASKED, _EXAMPLE = "context.view", "context.asked", "context.example"
_WORD, _TEXTS = "context.word", "context.texts"


def context_panel(look: Look, info: ModelInfo) -> None:
    """The whole panel; a choice in it draws it again, and nothing else of the page."""
    st.markdown(prose("embeddings-context")["lead"])
    st.fragment(_context)(info)


def _context(info: ModelInfo) -> None:
    text, look = prose("embeddings-context"), read_look()  # as it is now, in a fragment
    view = st.segmented_control(
        text["view"],
        list(VIEWS),
        default="word",
        format_func=VIEWS.__getitem__,
        required=True,
        key=_VIEW,
        label_visibility="collapsed",
    )
    with plain_errors(stop=False):
        {"word": _one_word, "sentence": _sentence, "languages": _languages}[view](look, info, text)


def _one_word(look: Look, info: ModelInfo, text: Mapping[str, str]) -> None:
    word, sentences = _asked(text)
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


def _asked(text: Mapping[str, str]) -> tuple[str, list[str]]:
    """The word and the sentences as they stand in their fields; kept while another view is on."""
    kept = st.session_state.setdefault(_ASKED, ("bank", "\n".join(EXAMPLES["bank"])))
    st.session_state[_WORD], st.session_state[_TEXTS] = kept
    left, right = st.columns([1, 2.4], gap="medium")
    with left:
        word = st.text_input(
            text["word"], key=_WORD, max_chars=40, help=text["word help"], on_change=_keep
        )
        st.pills(text["examples"], list(EXAMPLES), key=_EXAMPLE, on_change=_take_example)
    with right:
        sentences = st.text_area(
            text["texts"], key=_TEXTS, height=136, max_chars=MAX_CHARS, on_change=_keep
        )
    return word.strip(), sentences.split("\n")


def _keep() -> None:
    st.session_state[_ASKED] = (st.session_state[_WORD], st.session_state[_TEXTS])


def _take_example() -> None:
    chosen = st.session_state[_EXAMPLE]
    if chosen in EXAMPLES:
        st.session_state[_ASKED] = (chosen, "\n".join(EXAMPLES[chosen]))
        st.session_state[_EXAMPLE] = None


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
    figure = parting_chart(met.paths.stops, word, met.parting, met.others)
    st.plotly_chart(figure, theme=None, key="context.score", config=camera("parting"))
    st.caption(text["score"])
    csv_button(text["score csv"], "parting", origin, _score_rows(met))


def _score_rows(met: Met) -> Iterator[Sequence[object]]:
    yield "stop", "tensor", "word", "other pieces"
    yield from zip(met.paths.stops, met.paths.tensors[0], met.parting, met.others, strict=True)


def _sentence(look: Look, info: ModelInfo, text: Mapping[str, str]) -> None:
    paths = sentence_paths(info, look.src)
    paths_view(
        paths, title="Your sentence through the encoder", file="sentence-paths",
        provenance=what(info, look.src), key="context.sentence",
    )  # fmt: skip
    st.caption(text["sentence"])


def _languages(look: Look, info: ModelInfo, text: Mapping[str, str]) -> None:
    centred = st.toggle(text["centred"], key="context.centred", help=text["centred help"])
    explained = explain(info, look.src, look.tgt)
    paths_view(
        two_languages(info, explained, centred),
        title="Two languages in one map", file="two-languages",
        provenance=what(info, look.src), key="context.languages",
    )  # fmt: skip
    st.caption(text["languages"])
