"""Whatever a person typed reaches Markdown as its own characters."""

from __future__ import annotations

import re
import string

import pytest
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
    escaped = escape_markdown(":smile: :red[x] -> https://x.y www.x.y a@b.c -- <- >= ~=")
    for sign in (":smile", ":red", "->", "https:/", "www.", "@b", "--", "<-", ">=", "~="):
        assert sign not in escaped.replace("\\", "")


@pytest.mark.parametrize(
    "text",
    ["nano-20261123-064122-ab12", "unpack this one --as another: python -m trainer pack my-run",
     "hf:owner/name:1000", "12:30", "a->b", "x>=3", "lr=0.1"],
)  # fmt: skip
def test_what_a_person_may_copy_holds_no_invisible_character(text: str) -> None:
    assert "\u2060" not in escape_markdown(text)


def test_prose_is_cut_at_its_headings() -> None:
    assert {"title", "lead", "path"} <= set(prose("home"))
