"""Pieces as a person reads them: nothing invisible, nothing lost."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.ui.pieces import Segment, kind, readable, segments, visible
from pages.ui.results import Tokens
from transformer.tokenizer import Tokenizer, train_bpe, train_words

SENTENCES = ["the red car is in front of the house", "la macchina rossa è davanti alla casa"]
BYTES, WORDS = train_bpe(SENTENCES, 290), train_words(SENTENCES, 1)


def tokens_of(tokenizer: Tokenizer, text: str) -> Tokens:
    encoded = tokenizer.encode(text)
    return Tokens(
        encoded.text,
        encoded.ids,
        [piece.text for piece in encoded.pieces],
        [tokenizer.label(piece.id) for piece in encoded.pieces],
        [(piece.start, piece.end) for piece in encoded.pieces],
    )


@pytest.mark.parametrize("tokenizer", [BYTES, WORDS])
@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=40))
def test_segments_rebuild_the_text_and_hold_each_piece_once(tokenizer, text) -> None:
    tokens = tokens_of(tokenizer, text)
    found, rest = segments(tokens)
    assert "".join(s.gap + s.text for s in found) + rest == tokens.source
    assert [place for s in found for place in s.pieces] == list(range(len(tokens.ids)))


def test_the_bytes_of_one_character_are_one_segment() -> None:
    found, rest = segments(tokens_of(BYTES, "a👩b"))
    assert [segment.text for segment in found] == ["a", "👩", "b"]
    assert len(found[1].pieces) == 4
    assert rest == ""


def test_what_a_word_tokenizer_drops_is_a_gap() -> None:
    found, rest = segments(tokens_of(WORDS, "the  xyz "))
    assert found == [Segment("", "the", (0,)), Segment("  ", "xyz", (1,))]
    assert rest == " "


@settings(deadline=None)
@given(text=st.text(max_size=20))
def test_nothing_invisible_is_shown_without_a_sign(text) -> None:
    shown = readable(text)
    assert shown.strip()
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Cn", "Zl", "Zp") for c in shown)
    assert not any(c in shown for c in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068 ")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (" the", [("·", True), ("the", False)]),
        ("a\tb\n", [("a", False), ("⇥", True), ("b", False), ("↵", True)]),
        ("\x07", [("␇", True)]),
        ("\u202eab", [("U+202E", True), ("ab", False)]),
        ("\u0301", [("◌", True), ("\u0301", False)]),
        ("\u200d", [("U+200D", True)]),
        ("👩\u200d👧", [("👩\u200d👧", False)]),
        ("", [("∅", True)]),
        ("<b>", [("<b>", False)]),
        ("שלום", [("שלום", False)]),
    ],
)
def test_signs_stand_for_what_cannot_be_seen(text, parts) -> None:
    assert visible(text) == parts


def test_bare_bytes_are_spelled_with_their_spaces() -> None:
    assert readable("<20 C3>") == "<20 C3>"
    assert readable("<a b>") == "<a·b>"


@pytest.mark.parametrize(
    ("number", "label", "byte_level", "expected"),
    [
        (1, "[UNK]", False, "unknown"),
        (3, "[EOS]", True, "special"),
        (9, "<F0 9F>", True, "byte"),
        (9, "<", True, "inside"),
        (9, "<b>", True, "inside"),
        (9, " the", True, "start"),
        (9, "und", True, "inside"),
        (9, "und", False, "start"),
    ],
)
def test_each_piece_is_of_one_kind(number, label, byte_level, expected) -> None:
    assert kind(number, label, byte_level) == expected
