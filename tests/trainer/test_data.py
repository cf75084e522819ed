import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.data import DataError, normalise, split_by_groups

SENTENCES = st.sampled_from(
    [f"{word} {number}" for word in ("Ciao", "ciao!", "CIÀO") for number in range(60)]
)
PAIRS = st.lists(st.tuples(SENTENCES, SENTENCES), min_size=20, max_size=120)


def numbered(count: int) -> list[tuple[str, str]]:
    return [(f"source {n}", f"target {n}") for n in range(count)]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Perché\tNO?! ", "perche no"),
        ("PERCHE\u0301 no", "perche no"),
        ("L'uomo è qui...", "l uomo e qui"),
        ("«Straße»", "strasse"),
        ("???  !", "??? !"),
        ("日本 語", "日本 語"),
    ],
)
def test_normalise(text: str, folded: str) -> None:
    assert normalise(text) == folded
    assert normalise(folded) == folded


@settings(max_examples=60, deadline=None)
@given(pairs=PAIRS, valid=st.integers(0, 30), test=st.integers(0, 30), seed=st.integers(0, 9))
def test_nothing_leaks_and_nothing_is_lost(pairs, valid: int, test: int, seed: int) -> None:
    try:
        split = split_by_groups(pairs, valid, seed, test)
    except DataError:
        return
    parts = (split.train, split.valid, split.test)
    assert sorted(pair for part in parts for pair in part) == sorted(pairs)
    assert len(split.valid) <= valid
    assert len(split.test) <= test
    assert 5 * (len(split.valid) + len(split.test)) <= len(pairs)
    for side in (0, 1):
        sentences = [{normalise(pair[side]) for pair in part} for part in parts]
        assert sum(map(len, sentences)) == len(set().union(*sentences))


def test_groups_hold_together_through_others() -> None:
    chain = [(f"s{n // 2}", f"t{(n + 1) // 2}") for n in range(10)]
    pairs = numbered(90) + chain
    for seed in range(20):
        split = split_by_groups(pairs, 18, seed)
        assert not set(chain) & set(split.valid)  # a chain of ten comes after all single pairs
        assert len(split.valid) == 18


def test_the_split_is_the_seeds() -> None:
    pairs = numbered(500)
    first = split_by_groups(pairs, 50, seed=1, test=20)
    assert first == split_by_groups(pairs, 50, seed=1, test=20)
    assert first.valid != split_by_groups(pairs, 50, seed=2, test=20).valid
    assert (len(first.train), len(first.valid), len(first.test)) == (430, 50, 20)
    assert first.train == [pair for pair in pairs if pair in set(first.train)]


def test_held_out_pairs_are_drawn_from_everywhere() -> None:
    pairs = numbered(1000)
    places = [pairs.index(pair) for pair in split_by_groups(pairs, 200, seed=0).valid]
    assert 400 < sum(places) / 200 < 600


def test_a_wish_for_more_than_a_fifth_is_scaled_down() -> None:
    split = split_by_groups(numbered(100), 1000, seed=0, test=1000)
    assert (len(split.valid), len(split.test)) == (10, 10)


def test_no_validation_asked() -> None:
    assert split_by_groups(numbered(3), 0, seed=0).train == numbered(3)


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([], "0 pairs are too few"),
        (numbered(4), "4 pairs are too few"),
        ([("same", f"target {n}") for n in range(100)], "share a sentence"),
    ],
)
def test_too_few_pairs_or_groups(pairs: list[tuple[str, str]], words: str) -> None:
    with pytest.raises(DataError, match=words):
        split_by_groups(pairs, 20, seed=0)


def test_a_negative_wish() -> None:
    with pytest.raises(DataError, match="ask for 0 or more"):
        split_by_groups(numbered(100), -1, seed=0)


def test_order_of_a_shuffled_text_does_not_break_groups() -> None:
    pairs = [(f"s{n % 40}", f"t{n}") for n in range(200)]
    random.Random(0).shuffle(pairs)
    split = split_by_groups(pairs, 40, seed=0)
    assert {source for source, _ in split.valid}.isdisjoint(source for source, _ in split.train)
    assert len(split.valid) == 40
