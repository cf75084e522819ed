"""WordPiece and Unigram: whole tokenizers by Dawn's rules, and cut as their papers say."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transformer.subwords import train_unigram, train_wordpiece
from transformer.tokenizer import EOS, PAD, SOS, SPECIALS, UNK, Tokenizer, TokenizerError

TEXTS = ["the banker closed the bank account", "the bank is closing", "banking in a bank [EOS]"] * 9
WORDPIECE, UNIGRAM = train_wordpiece(TEXTS, 60), train_unigram(TEXTS, 60)
Train = Callable[[list[str], int], Tokenizer]


@pytest.mark.parametrize("tokenizer", [WORDPIECE, UNIGRAM])
@given(text=st.text(alphabet="thebank closing[EOSUNKPAD]è", max_size=30))
@settings(max_examples=120, deadline=None)
def test_no_text_makes_a_special_piece(tokenizer: Tokenizer, text: str) -> None:
    assert not {PAD, SOS, EOS} & set(tokenizer.encode(text + " [EOS][SOS] [PAD]").ids)


@pytest.mark.parametrize("train", [train_wordpiece, train_unigram])
def test_it_is_small_enough_known_and_readable_again(train: Train, tmp_path: Path) -> None:
    tokenizer = train(TEXTS, 60)
    assert len(tokenizer) <= 60
    assert [tokenizer.label(number) for number in range(4)] == list(SPECIALS)
    tokenizer.save(tmp_path / "t.json")
    again = Tokenizer.load(tmp_path / "t.json")
    text = "the banker is closing the account"
    assert again.encode(text).ids == tokenizer.encode(text).ids
    assert UNK not in again.encode(text).ids and again.decode(again.encode(text).ids) == text
    assert UNK in again.encode("ж").ids


@given(st.text(alphabet="thebankclosig", min_size=1, max_size=20))
@settings(max_examples=150, deadline=None)
def test_wordpiece_takes_the_longest_piece_that_fits(word: str) -> None:
    vocabulary = json.loads(WORDPIECE.to_json())["model"]["vocab"]
    cut, place = [], 0
    while place < len(word):
        ends = range(len(word), place, -1)
        names = [("##" if place else "") + word[place:end] for end in ends]
        found = next((name for name in names if name in vocabulary), None)
        if found is None:
            cut = ["[UNK]"]
            break
        cut.append(found)
        place += len(found.removeprefix("##") if place else found)
    assert [WORDPIECE.label(number) for number in WORDPIECE.encode(word).ids] == cut


@given(st.text(alphabet="thebankclosig", min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_unigram_takes_the_likeliest_cut(word: str) -> None:
    scores = dict(json.loads(UNIGRAM.to_json())["model"]["vocab"])
    text = "▁" + word
    best = [0.0] + [-math.inf] * len(text)
    for end in range(1, len(text) + 1):
        for start in range(end):
            best[end] = max(best[end], best[start] + scores.get(text[start:end], -math.inf))
    if best[-1] == -math.inf:
        return  # a letter that it has never seen
    labels = [UNIGRAM.label(number) for number in UNIGRAM.encode(word).ids]
    assert sum(scores[label] for label in labels) == pytest.approx(best[-1])


@pytest.mark.parametrize("train", [train_wordpiece, train_unigram])
def test_no_word_is_one_sentence(train: Train) -> None:
    with pytest.raises(TokenizerError, match="no word"):
        train([" ", ""], 50)
    assert len(train(["hello"], 8000)) < 30


def test_fewer_pieces_than_characters_is_one_sentence() -> None:
    with pytest.raises(TokenizerError, match="ask for more"):
        train_unigram(["word"], 6)
