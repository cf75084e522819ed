"""Step by step: from the text to integers, rows and back; and the lesson's words, counted."""

from __future__ import annotations

import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.components import mount
from pages.ui.cutting import counts_of, cutting_blob
from pages.ui.kept import Kept, one_of
from pages.ui.layout import notice
from pages.ui.models import load
from pages.ui.prose import escape_markdown, prose
from pages.ui.state import Look
from pages.ui.subject import what
from pages.ui.word_threshold import word_threshold


def cutting_panel(look: Look, info: ModelInfo) -> None:
    """The steps of the model's own tokenizer, and beside them the vocabulary of the lesson."""
    text, kept = prose("tokens-steps"), Kept("tokens")
    names = {"own": text["own"], "words": text["words"]}
    way = st.segmented_control(
        text["way"],
        list(names),
        format_func=names.__getitem__,
        required=True,
        label_visibility="collapsed",
        **kept.bound("way", "own", one_of(names)),
    )
    kept.tell()
    provenance = what(info, look.src)
    if way == "words":
        st.markdown(text["words lead"])
        word_threshold(info, look.src, provenance, text)
        return
    st.markdown(text["lead bytes" if load(info).src_tokenizer.is_byte_level else "lead words"])
    if not look.src:
        return  # the page asks for a sentence
    try:
        blob = cutting_blob(info, look.src, f"{provenance} · tokenizer · src_embedding.weight")
    except ValueError as error:
        notice(str(error), "warning")
        return
    mount("merges")(data=blob, key="merges")
    if counts := counts_of(info):
        st.caption(
            text["counted"].format(data=escape_markdown(counts.data), texts=f"{counts.texts:,}")
        )
