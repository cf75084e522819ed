"""Which piece of a translation is asked about, chosen among all that were written."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages.ui.pieces import readable
from pages.ui.prose import escape_markdown
from pages.ui.state import Look, write_look


def written_piece(look: Look, written: Sequence[str], label: str, key: str) -> int:
    """The output position that is asked about: the look's, else that of the longest piece. What is
    chosen here becomes the look's."""
    named = look.word is not None and look.word <= len(written)
    st.session_state[key] = look.word - 1 if named and look.word else longest(written)
    shown = distinct([escape_markdown(readable(piece)) for piece in written])
    chosen = st.pills(
        label,
        range(len(written)),
        format_func=shown.__getitem__,
        required=True,
        key=key,
        on_change=lambda: write_look(word=(st.session_state[key] or 0) + 1),
    )
    return chosen or 0


def distinct(labels: Sequence[str]) -> list[str]:
    """The labels, a repeated one followed by word joiners, which cannot be seen: the browser
    answers with a label, and of two alike the last would be taken for the first."""
    return [label + "\u2060" * labels[:place].count(label) for place, label in enumerate(labels)]


def longest(labels: Sequence[str]) -> int:
    """The place of the piece with most letters, as a rule one with a meaning of its own."""
    counts = [sum(c.isalpha() for c in label) * (label[:1] != "[") for label in labels]
    return int(np.argmax(counts))
