"""Tokenizers of growing size: small ones are as if trained so, measures are counted again here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from trainer import vocabularies
from trainer.corpora import DataError, load_corpus
from trainer.plain_text import MOST, lines_in
from trainer.vocabularies import (
    KINDS,
    VocabularySpec,
    main,
    measure,
    read_lines,
    smaller,
    split,
    steps_to,
    train,
)
from transformer.config import ConfigError
from transformer.tokenizer import UNK, Tokenizer

LINES = [side for pair in load_corpus("libreoffice-help:150").pairs for side in pair]


@pytest.mark.parametrize(
    ("kind", "size"), [("bpe", 300), ("bpe", 260), ("words", 40), ("words", 5)]
)
def test_a_smaller_one_is_as_if_trained_to_that_size(kind: str, size: int) -> None:
    large = train(kind, LINES, 500)
    cut, own = smaller(large, size), train(kind, LINES, size)
    assert json.loads(cut.to_json())["model"] == json.loads(own.to_json())["model"]
    assert cut.encode_batch(LINES) == own.encode_batch(LINES)


@pytest.mark.parametrize("kind", KINDS)
def test_the_sizes_of_a_text_are_measured_on_lines_held_out(kind: str, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("\n".join(LINES), "utf-8")
    spec = VocabularySpec(kind, str(text), 400)
    assert main([json.dumps(spec.__dict__), str(tmp_path / "out")]) == 0
    told = json.loads((tmp_path / "out" / "sizes.json").read_text())
    lines, held = split(read_lines(str(text)))
    assert (told["learned"], told["held"]) == (len(lines), len(held))
    tokenizer = Tokenizer.load(tmp_path / "out" / "tokenizer.json")
    last = told["sizes"][-1]
    ids = [number for line in held for number in tokenizer.encode(line).ids]
    words = sum(len(line.split()) for line in held)
    assert last["size"] == len(tokenizer) <= 400
    assert last["per_word"] == pytest.approx(len(ids) / words)
    assert last["unknown"] == pytest.approx(ids.count(UNK) / len(ids))
    assert last["per_line"] == pytest.approx(len(ids) / len(held))
    sizes = [one["size"] for one in told["sizes"]]
    assert sizes == sorted(set(sizes))


def test_of_every_ten_lines_one_is_held_out() -> None:
    lines = [str(number) for number in range(35)]
    assert split(lines) == ([line for line in lines if line[-1] != "9"], ["9", "19", "29"])
    assert split(lines[:19]) == (lines[:19], lines[:19])


def test_a_corpus_of_one_word_ends_well(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("hello")
    for kind in KINDS:
        vocabularies.sweep(VocabularySpec(kind, str(tmp_path / "one.txt"), 8000), tmp_path / kind)
        told = json.loads((tmp_path / kind / "sizes.json").read_text())
        assert told["sizes"][-1]["size"] < 300 and told["held"] == told["learned"] == 1


def test_sizes_that_do_not_hold_the_characters_are_left_out(tmp_path: Path) -> None:
    signs = [chr(0x4E00 + number) for number in range(600)]
    text = "\n".join(" ".join(signs[start:] + signs[:start]) for start in range(0, 600, 30))
    (tmp_path / "signs.txt").write_text(text, "utf-8")
    spec = VocabularySpec("unigram", str(tmp_path / "signs.txt"), 2000)
    vocabularies.sweep(spec, tmp_path)
    sizes = [one["size"] for one in json.loads((tmp_path / "sizes.json").read_text())["sizes"]]
    assert sizes and min(sizes) > 600


def test_progress_is_told_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("\n".join(LINES), "utf-8")
    spec = json.dumps({"kind": "words", "text": str(tmp_path / "text.txt"), "size": 300})
    command = [sys.executable, "-m", "trainer.vocabularies", spec, str(tmp_path / "out")]
    run = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    shares = [json.loads(line)["share"] for line in run.stdout.splitlines()]
    assert shares == sorted(shares) and shares[0] == 0 and 0.5 < shares[-1] < 1


def test_a_text_that_is_gone_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = json.dumps({"kind": "bpe", "text": str(tmp_path / "gone.txt"), "size": 300})
    assert main([spec, str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.strip().endswith("upload it again.")


@pytest.mark.parametrize("size", [0, -3, 259, 10_000_000])
def test_sizes_without_sense_are_refused(size: int) -> None:
    with pytest.raises(ConfigError, match="vocabulary of"):
        VocabularySpec("bpe", "libreoffice-help", size)


def test_steps_end_at_the_size_asked_for() -> None:
    for size in (260, 299, 300, 301, 5000):
        steps = steps_to("bpe", size)
        assert steps[-1] == size and steps == sorted(set(steps)) and steps[0] >= 260
    assert steps_to("words", 5) == [5]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"\x89PNG\x00\x01", "no text"),
        ("perché".encode("latin-1"), "no text"),
        (b"a" * (MOST + 1), "20 MB"),
        (b"one " + b"a" * 1_000_000, "a word of 1,000,000 characters: put spaces"),
    ],
)
def test_an_upload_without_sense_is_one_sentence(raw: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words):
        lines_in("up.txt", raw)


def test_lines_are_parted_by_tabs_too() -> None:
    assert lines_in("up.txt", "\ufeffone\tuno\r\n\n two ".encode()) == ["one", "uno", "two"]


def test_a_line_without_words_is_measured_too() -> None:
    assert measure(train("words", LINES, 100), ["..."]).per_line == 1
