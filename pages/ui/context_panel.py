"""Contextless, then context: where a word goes when its sentences pull at it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.context_word import one_word
from pages.ui.errors import plain_errors
from pages.ui.kept import Kept, one_of, yes_or_no
from pages.ui.models import explain
from pages.ui.paths import sentence_paths, two_languages
from pages.ui.paths_view import paths_view
from pages.ui.prose import prose
from pages.ui.state import Look
from pages.ui.subject import what

VIEWS = {"word": "One word", "sentence": "Your sentence", "languages": "Two languages"}


def context_panel(look: Look, info: ModelInfo) -> None:
    """What to follow through the layers, and its paths."""
    text, kept = prose("embeddings-context"), Kept("context")
    st.markdown(text["lead"])
    view = st.segmented_control(
        text["view"],
        list(VIEWS),
        format_func=VIEWS.__getitem__,
        required=True,
        label_visibility="collapsed",
        **kept.bound("view", "word", one_of(VIEWS)),
    )
    draw = {"word": one_word, "sentence": _sentence, "languages": _languages}[str(view)]
    kept.tell()
    with plain_errors(stop=False):
        draw(look, info, kept, text)


def _sentence(look: Look, info: ModelInfo, kept: Kept, text: Mapping[str, str]) -> None:
    paths = sentence_paths(info, look.src)
    paths_view(
        paths, title="Your sentence through the encoder", file="sentence-paths",
        provenance=what(info, look.src), key="context.sentence",
    )  # fmt: skip
    st.caption(text["sentence"])


def _languages(look: Look, info: ModelInfo, kept: Kept, text: Mapping[str, str]) -> None:
    centred = st.toggle(
        text["centred"], help=text["centred help"], **kept.bound("centred", False, yes_or_no)
    )
    kept.tell()
    explained = explain(info, look.src, look.tgt)
    paths_view(
        two_languages(info, explained, centred),
        title="Two languages in one map", file="two-languages",
        provenance=what(info, look.src), key="context.languages",
    )  # fmt: skip
    st.caption(text["languages"])
