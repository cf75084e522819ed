"""Merges replayed in the open end in the pieces that the library makes inside."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transformer.analysis.merges import merge_ranks, normalised, pre_tokens, replay
from transformer.tokenizer import Tokenizer, train_bpe, train_words

TINY = Path(__file__).resolve().parents[3] / "assets/models/tiny/tokenizer.json"
TOKENIZER = Tokenizer.load(TINY)
RANKS = merge_ranks(TOKENIZER)
LIKELY = [
    "the",
    "ing",
    " di",
    "ab",
    "aa",
    " ",
    "  ",
    "\n",
    "è",
    "e\u0301",
    "’",
    "…",
    "👩\u200d",
    "한",
]


def library(text: str) -> list[str]:
    return [str(TOKENIZER.backend.id_to_token(number)) for number in TOKENIZER.encode(text).ids]


def replayed(text: str) -> list[str]:
    return [piece for word in pre_tokens(TOKENIZER, text) for piece in replay(word, RANKS).pieces]


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_ends_in_the_tokenizers_own_pieces(text: str) -> None:
    assert replayed(text) == library(text)


def test_thousands_of_texts_end_in_the_tokenizers_own_pieces() -> None:
    draw = random.Random(5)
    for _ in range(4000):
        parts = draw.choices(
            [*LIKELY, *"abcdefghilmnoprstuz'-.1", chr(draw.randrange(0x3000))], k=18
        )
        text = "".join(parts)
        assert replayed(text) == library(text), text


def test_a_word_without_an_end_is_no_trouble() -> None:
    text = "x" * 3000 + "thethe" * 500
    assert replayed(text) == library(text)


@given(st.text(alphabet="abcdehinrst", min_size=1, max_size=40))
@settings(max_examples=200, deadline=None)
def test_each_step_is_the_lowest_rank_that_there_is_and_the_leftmost(text: str) -> None:
    found = replay(text, RANKS)

    def all_ranks(pieces: list[str]) -> list[int | None]:
        return [RANKS.get(pair) for pair in pairwise(pieces)]

    assert list(found.ranks) == all_ranks(list(text))
    for step, merge in enumerate(found.merges):
        ranks = all_ranks(found.after(step))
        assert merge.rank == min(rank for rank in ranks if rank is not None)
        assert merge.place == ranks.index(merge.rank)
        after = [None, *all_ranks(found.after(step + 1)), None]
        assert (merge.left, merge.right) == (after[merge.place], after[merge.place + 1])
        assert "".join(found.after(step + 1)) == text
    assert not any(rank is not None for rank in all_ranks(found.pieces))


def test_normalising_is_the_librarys() -> None:
    assert normalised(TOKENIZER, "e\u0301 “x” …\ud800") == 'é "x" ...\ufffd'


def test_what_makes_no_merges_or_others_is_refused() -> None:
    with pytest.raises(ValueError, match="WordLevel"):
        merge_ranks(train_words(["a a"]))
    dropping = train_bpe(["la la"], 262)
    dropping.backend.model.dropout = 0.5
    with pytest.raises(ValueError, match="dropout"):
        merge_ranks(dropping)
