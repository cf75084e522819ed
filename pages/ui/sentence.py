"""The sentence box: live at every key, committed at Enter, on leaving it, or after a pause.

Streamlit's own `st.text_input(live=..., bind="query-params")` replaces the address at every key and
never adds a history entry, so Back could not return to an earlier sentence; unbound it cannot tell
a key from a commit. Hence a small component that says both.
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.ui import navigation
from pages.ui.components import mount, pack
from pages.ui.state import EXAMPLES, MAX_CHARS, Look, edit_sentence, sentence_revision, write_look


def sentence_box(
    look: Look, *, label: str = "Your sentence", note: str = "", key: str = "sentence"
) -> str:
    """Draw the box and give back the sentence as it stands at this very key.

    `note` is one quiet line below it in plain text, such as "12 tokens". Call it in the body of the
    page, after `read_look()`: inside a fragment the menu's links would not hear of the last key.
    """
    header = {
        "text": look.src,
        "revision": sentence_revision(),
        "label": label,
        "note": note,
        "examples": EXAMPLES,
        "limit": MAX_CHARS,
    }
    # A blob, though it has no arrays: for a dict Streamlit imports pandas, to look for its tables.
    result = mount("sentence")(
        key=key,
        data=pack(header, {}),
        on_text_change=partial(_typed, key),
        on_commit_change=partial(_committed, key),
    )
    if result.commit is not None:
        navigation.refresh_links()
    return look.src


def _typed(key: str) -> None:
    text = _sent(key, "text")
    if text is not None:
        edit_sentence(text)


def _committed(key: str) -> None:
    text = _sent(key, "commit")
    if text is not None:
        edit_sentence(text)
        write_look()


def _sent(key: str, name: str) -> str | None:
    # A click in the menu drops the box and its state, which Streamlit reports as a change as well.
    text = getattr(st.session_state.get(key), name, None)
    return text[:MAX_CHARS] if isinstance(text, str) else None
