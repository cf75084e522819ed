"""Counts of merges and tokens: those of the library, and those by which training chose."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.corpora import load_corpus
from transformer.analysis.counts import FILE, count, load_counts, save_counts
from transformer.analysis.merges import merge_ranks, pre_tokens
from transformer.analysis.word_counts import by_count, count_words, cut_words
from transformer.tokenizer import SPECIALS, Tokenizer, train_bpe, train_words

TINY = Path(__file__).resolve().parents[3] / "assets/models/tiny"
TEXTS = ["the cat sat on the mat", "the hat of that cat", "là, è così", "then the other"] * 3


def test_a_merge_counts_as_often_as_training_saw_its_pair() -> None:
    tokenizer = train_bpe(TEXTS, 285)
    found = count(tokenizer, TEXTS, "cats")
    cut = [list(word) for text in TEXTS for word in pre_tokens(tokenizer, text)]
    for (left, right), rank in merge_ranks(tokenizer).items():
        pairs = Counter(pair for word in cut for pair in pairwise(word))
        assert found.merges[rank] == pairs[left, right] == max(pairs.values())
        for word in cut:  # the whole text goes one merge further
            for place in range(len(word) - 2, -1, -1):
                if word[place : place + 2] == [left, right]:
                    word[place : place + 2] = [left + right]


@pytest.mark.parametrize("train", [partial(train_bpe, vocab_size=285), train_words])
def test_tokens_are_counted_as_the_library_cuts_them(
    train: Callable[[list[str]], Tokenizer],
) -> None:
    tokenizer = train(TEXTS)
    own = Counter(number for text in TEXTS for number in tokenizer.encode(text).ids)
    assert count(tokenizer, TEXTS, "cats").tokens == [own[n] for n in range(len(tokenizer))]


@pytest.mark.slow
def test_the_shipped_counts_are_those_of_the_text_that_they_name() -> None:
    tokenizer = Tokenizer.load(TINY / "tokenizer.json")
    counts = load_counts(TINY, "src", tokenizer)
    assert counts is not None
    corpus = load_corpus(counts.data)
    texts = [text for pair in corpus.pairs for text in pair]
    assert counts.texts == len(texts)
    tally = Counter(number for ids in tokenizer.encode_batch(texts) for number in ids)
    assert counts.tokens == [tally[number] for number in range(len(tokenizer))]
    # Each merge makes one piece less: what is left of the bytes of all words are the tokens.
    whole = sum(len(word) for text in texts[:400] for word in pre_tokens(tokenizer, text))
    few = count(tokenizer, texts[:400], "few")
    assert whole - sum(few.merges) == sum(few.tokens)


def test_counts_of_another_tokenizer_or_a_broken_file_are_none(tmp_path: Path) -> None:
    tokenizer, other = train_bpe(TEXTS, 285), train_bpe(TEXTS, 280)
    counts = count(tokenizer, TEXTS, "cats")
    save_counts(tmp_path, {"src": counts})
    assert load_counts(tmp_path, "src", tokenizer) == counts
    assert load_counts(tmp_path, "src", other) is None
    assert load_counts(tmp_path, "tgt", tokenizer) is None
    told = json.loads((tmp_path / FILE).read_text())
    cases: list[dict[str, Any]] = [{"version": 2}, {"src": []}]
    for broken in [*cases, {"src": told["src"] | {"tokens": ["x"]}}]:
        (tmp_path / FILE).write_text(json.dumps(told | broken))
        assert load_counts(tmp_path, "src", tokenizer) is None
    (tmp_path / FILE).write_text("{")
    assert load_counts(tmp_path, "src", tokenizer) is None


@given(
    st.lists(st.text(alphabet="ab cd.'è", max_size=30), min_size=1, max_size=12),
    st.integers(1, 4),
)
@settings(max_examples=100, deadline=None)
def test_a_threshold_keeps_the_words_that_training_keeps(texts: list[str], least: int) -> None:
    counts = by_count(count_words(texts))
    kept = [word for word, times in counts if times >= least]
    if not kept:
        return
    tokenizer = train_words(texts, least)
    assert [tokenizer.label(n) for n in range(len(tokenizer))] == [*SPECIALS, *kept]
    known = {word: number for number, word in enumerate(kept, len(SPECIALS))}
    for text in texts:
        assert [known.get(word, 1) for word in cut_words(text)] == tokenizer.encode(text).ids
