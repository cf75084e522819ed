"""Three kinds beside each other: vectors before training, counted in a text, and learned."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from pages.ui import background
from pages.ui.catalogue import ModelInfo
from pages.ui.errors import plain_errors
from pages.ui.kept import Kept
from pages.ui.kinds import counted_file, start_counting
from pages.ui.kinds_scores import kinds_scores
from pages.ui.kinds_words import kinds_words
from pages.ui.layout import notice
from pages.ui.prose import prose
from pages.ui.state import Look


def kinds_panel(look: Look, info: ModelInfo) -> None:
    """Maps and neighbours of the same words in three columns, then the scores."""
    text, kept = prose("embeddings-kinds"), Kept("kinds")
    st.markdown(text["lead"])
    with plain_errors(stop=False):
        _counting(info, text)
        kinds_words(look, info, kept, text)
        kinds_scores(info, kept, text)


def _counting(info: ModelInfo, text: Mapping[str, str]) -> None:
    """What stands in the place of the counted vectors until somebody has made them."""
    out = counted_file(info)
    if out.is_file():
        return
    if background.progress(out) is not None:
        background.follow(out, text["counting"], share_done)
        return
    problem = background.problem(out)
    if problem:
        notice(f"The last attempt failed: {problem.rstrip('.')}. Try again.", "warning")
    st.markdown(text["why"])
    if st.button(text["count"], type="primary", icon=":material/functions:"):
        try:
            start_counting(info)
        except OSError as error:
            reason = error.strerror or str(error)
            notice(f"The vectors cannot be kept beside the runs ({reason}): free some space.")
            return
        st.rerun()


def share_done(words: str) -> float:
    """How far the child process has come, 0..1, by its own words; the last step takes longest."""
    found = re.search(r"Step (\d) of 4(?:: line ([\d,]+) of ([\d,]+))?", words)
    if found is None:
        return 0.0
    step = int(found[1])
    if step > 1:
        return (0, 0, 0.3, 0.4, 0.45)[min(step, 4)]
    done, total = (int((number or "0").replace(",", "")) for number in found.groups()[1:])
    return 0.3 * done / max(1, total)
