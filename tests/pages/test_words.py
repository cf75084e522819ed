"""Words out of pieces: whole, in order, and none lost."""

from __future__ import annotations

import pytest

from pages.ui.words import word_label, word_spans
from transformer.tokenizer import train_bpe, train_words


def words_of(labels: list[str], special: tuple[int, ...] = ()) -> list[str]:
    return [word_label(labels[first:end]) for first, end in word_spans(labels, special)]


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([" ac", "count", "."], [" account", "."]),
        ([" L", "'", "auto", " ros", "so"], [" L", "'", "auto", " rosso"]),
        ([" caff", "<C3>", "<A8>", ","], [" caffè", ","]),
        ([" a", "<20 F0 9F>", "<98 80>", " b"], [" a", " 😀", " b"]),
        (["the", "red", "car", "."], ["the", "red", "car", "."]),  # a vocabulary of words
        ([], []),
    ],
)
def test_pieces_come_together_at_spaces_and_signs(labels: list[str], words: list[str]) -> None:
    assert words_of(labels) == words


def test_specials_stand_alone() -> None:
    assert words_of(["[SOS]", " ab", "c", "[EOS]"], (0, 3)) == ["[SOS]", " abc", "[EOS]"]
    assert words_of(["[SOS]"], (0,)) == ["[SOS]"]
    assert words_of(["[SOS]", "one", "two"], (0,)) == ["[SOS]", "one", "two"]


@pytest.mark.parametrize("text", ["edmund's account, closed!", "👩‍👩‍👧 שלום", "a  b\n\tc", "..."])
def test_the_words_of_any_text_are_all_of_it(text: str) -> None:
    for tokenizer in (train_bpe([text] * 3, 280), train_words([text] * 3)):
        labels = [tokenizer.label(number) for number in tokenizer.encode(text).ids]
        spans = word_spans(labels)
        assert [number for span in spans for number in range(*span)] == list(range(len(labels)))
    assert "account" in words_of([" account"])[0]
