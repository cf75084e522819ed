"""Tokenizers of growing size on one text: `python -m trainer.vocabularies SPEC FOLDER`.

Each tells its progress in a line of JSON. Of every ten lines one is held out, and on those lines is
measured what a size is good for. The folder gets the largest tokenizer and `sizes.json`; it is
derived, and the same spec gives the same files.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tokenizers import Tokenizer as Backend

from trainer.corpora import SHIPPED, DataError, load_corpus
from trainer.plain_text import lines_in
from trainer.records import write_record
from trainer.side_work import exit_code, stand_back
from transformer.config import ConfigError
from transformer.subwords import train_unigram, train_wordpiece
from transformer.tokenizer import (
    SMALLEST_BPE,
    SPECIALS,
    UNK,
    Tokenizer,
    TokenizerError,
    train_bpe,
    train_words,
)

KINDS = ("bpe", "wordpiece", "unigram", "words")
SMALLEST = {"bpe": SMALLEST_BPE}  # of the others: the specials and one piece
LARGEST = 100_000
STEPS = 6
SIZES, FILE = "sizes.json", "tokenizer.json"
FEWEST = 20  # lines from which on some are held out
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class VocabularySpec:
    """What to train: text is a shipped corpus, or the path of a text of one's own.

    Raises `ConfigError` for what makes no sense.
    """

    kind: str
    text: str
    size: int

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigError(f"There is no tokenizer called “{self.kind[:40]}”.")
        smallest = SMALLEST.get(self.kind, len(SPECIALS) + 1)
        if self.size < smallest:
            why = ": the specials and every byte come first" if self.kind == "bpe" else ""
            raise ConfigError(
                f"A vocabulary of {self.size:,} is too small{why}. Take {smallest:,} or more."
            )
        if self.size > LARGEST:
            raise ConfigError(
                f"A vocabulary of {self.size:,} is more than this page trains: take {LARGEST:,} or "
                "fewer."
            )

    @property
    def name(self) -> str:
        """Stands for the spec in a path."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Measured:
    """One size: tokens per word, share of tokens that are [UNK], tokens of a line, on held-out
    lines. size is what the text had enough for, which may be less than was asked."""

    size: int
    per_word: float
    unknown: float
    per_line: float


def read_lines(text: str) -> list[str]:
    """Both sides of a shipped corpus, or the lines of a file. Raises `DataError`."""
    if text in SHIPPED:
        return [side for pair in load_corpus(text).pairs for side in pair]
    try:
        return lines_in(Path(text).name, Path(text).read_bytes())
    except OSError as error:
        raise DataError(f"The text cannot be read ({error.strerror}): upload it again.") from error


def split(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """What to learn from and what to measure on; of a few lines all are both."""
    if len(lines) < FEWEST:
        return list(lines), list(lines)
    held = [line for place, line in enumerate(lines) if place % 10 == 9]
    return [line for place, line in enumerate(lines) if place % 10 != 9], held


def steps_to(kind: str, size: int) -> list[int]:
    """Sizes up to `size`, evenly apart by their logarithm, smallest first."""
    low = min(size, 300 if kind == "bpe" else 200)
    ratio = size / low
    return sorted({round(low * ratio ** (step / (STEPS - 1))) for step in range(STEPS)})


def train(kind: str, lines: Sequence[str], size: int) -> Tokenizer:
    """A tokenizer of that kind with at most `size` pieces. Raises `TokenizerError`."""
    if kind == "bpe":
        return train_bpe(lines, size)
    if kind == "wordpiece":
        return train_wordpiece(lines, size)
    if kind == "unigram":
        return train_unigram(lines, size)
    return train_words(lines, 1, size)


def smaller(tokenizer: Tokenizer, size: int) -> Tokenizer:
    """BPE or words as if trained to `size`: what is learned first knows of no later."""
    file = json.loads(tokenizer.to_json())
    model = file["model"]
    model["vocab"] = {piece: n for piece, n in model["vocab"].items() if n < size}
    if "merges" in model:
        model["merges"] = model["merges"][: max(0, size - SMALLEST_BPE)]
    return Tokenizer(Backend.from_str(json.dumps(file)))


def measure(tokenizer: Tokenizer, lines: Sequence[str]) -> Measured:
    """What the tokenizer makes of `lines`."""
    found = tokenizer.encode_batch(lines)
    tokens = sum(map(len, found))
    words = sum(len(_WORD.findall(line)) for line in lines)
    unknown = sum(ids.count(UNK) for ids in found)
    return Measured(
        len(tokenizer), tokens / max(1, words), unknown / max(1, tokens), tokens / len(lines)
    )


def main(argv: list[str]) -> int:
    """Train and measure every size; progress goes to stdout, a mistake to stderr, in a sentence."""
    spec, folder = VocabularySpec(**json.loads(argv[0])), Path(argv[1])
    return exit_code(lambda: sweep(spec, folder), "The tokenizer")


def sweep(spec: VocabularySpec, folder: Path) -> None:
    """All sizes of a spec, largest first, into `folder`."""
    tell("Reading the text", 0, 1)
    lines, held = split(read_lines(spec.text))
    sizes = steps_to(spec.kind, spec.size)
    found: list[Measured] = []
    largest: Tokenizer | None = None
    for done, size in enumerate(reversed(sizes)):
        tell(f"Training {size:,} pieces", done, len(sizes))
        cut = largest is not None and spec.kind in ("bpe", "words")
        try:
            tokenizer = smaller(largest, size) if largest and cut else train(spec.kind, lines, size)
        except TokenizerError:
            if largest is None:
                raise
            break  # so few pieces do not even hold the characters
        largest = largest or tokenizer
        found.append(measure(tokenizer, held))
    assert largest is not None  # there is one size at least
    folder.mkdir(parents=True, exist_ok=True)
    largest.save(folder / FILE)
    distinct = {one.size: asdict(one) for one in reversed(found)}
    record = {"spec": asdict(spec), "learned": len(lines), "held": len(held)}
    write_record(folder / SIZES, {**record, "sizes": [distinct[size] for size in sorted(distinct)]})


def tell(words: str, done: int, total: int) -> None:
    """One line of progress."""
    print(json.dumps({"words": words, "share": done / total}), flush=True)


if __name__ == "__main__":
    stand_back()
    sys.exit(main(sys.argv[1:]))
