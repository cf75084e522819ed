"""Whatever a person typed reaches Markdown as its own characters."""

from __future__ import annotations

import re
import string

from hypothesis import given
from hypothesis import strategies as st

from pages.ui.prose import escape_markdown, prose


@given(st.text())
def test_every_punctuation_mark_is_escaped_and_no_character_lost(text: str) -> None:
    escaped = escape_markdown(text)
    assert not re.search(rf"(?<!\\)(?:\\\\)*(?![\\])[{re.escape(string.punctuation)}]", escaped)
    plain = re.sub(rf"\\([{re.escape(string.punctuation)}])", r"\1", escaped)
    assert plain.replace("\u2060", "") == " ".join(text.split()).replace("\u2060", "")


def test_nothing_that_streamlit_would_replace_is_left_in_one_piece() -> None:
    escaped = escape_markdown(":smile: :red[x] -> https://x.y www.x.y a@b.c -- <script>")
    for sign in (":smile", ":red", "->", "https:/", "www.", "@b", "--", "<s"):
        assert sign not in escaped.replace("\\", "")


def test_prose_is_cut_at_its_headings() -> None:
    assert {"title", "lead", "path"} <= set(prose("home"))
