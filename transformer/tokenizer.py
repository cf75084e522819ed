"""From text to integers and back: words by frequency (the lesson's way), or byte-level BPE.

Both are `tokenizers` underneath. Specials are `[PAD] [UNK] [SOS] [EOS]` = 0 1 2 3, always.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Regex, decoders, models, normalizers, pre_tokenizers, trainers
from tokenizers import Tokenizer as Backend

SPECIALS = ("[PAD]", "[UNK]", "[SOS]", "[EOS]")
PAD, UNK, SOS, EOS = range(4)
SMALLEST_BPE = len(SPECIALS) + 256  # the specials and every byte
SURROGATES = re.compile("[\ud800-\udfff]")
TYPOGRAPHY = {"[\u2018\u2019\u02bc]": "'", "[\u201c\u201d\u201e]": '"', "\u2026": "..."}


class TokenizerError(ValueError):
    """A tokenizer that cannot be read or trained; the message is one sentence for a person."""


@dataclass(frozen=True)
class Piece:
    """One token of a text: its integer, and the characters start .. end that it came from.

    text is `text_typed[start:end]`. Pieces smaller than a character (the bytes of an emoji) share
    a span.
    """

    id: int
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Encoding:
    """A text and its pieces, without any special token."""

    text: str
    pieces: tuple[Piece, ...]

    @property
    def ids(self) -> list[int]:
        """The integers of the pieces."""
        return [piece.id for piece in self.pieces]


class Tokenizer:
    """Text -> pieces with integers and spans; integers -> text."""

    def __init__(self, backend: Backend) -> None:
        backend.encode_special_tokens = True  # a typed "[EOS]" is text; not saved in the file
        backend.no_padding()
        backend.no_truncation()
        self.backend = backend
        found = tuple(backend.id_to_token(number) for number in range(len(SPECIALS)))
        if found != SPECIALS:
            raise TokenizerError(f"A tokenizer must begin with {', '.join(SPECIALS)}, not {found}.")
        vocabulary = backend.get_vocab()
        if sorted(vocabulary.values()) != list(range(len(vocabulary))):
            raise TokenizerError("The integers of a vocabulary must run without gaps.")
        if self.is_byte_level and not is_made_of_bytes(set(vocabulary) - set(SPECIALS)):
            raise TokenizerError("A byte-level vocabulary must hold every byte, and bytes alone.")

    @classmethod
    def load(cls, path: Path) -> "Tokenizer":
        """Read a `tokenizer.json`. Raises `TokenizerError`."""
        try:
            text = path.read_text(encoding="utf-8")
            return cls(Backend.from_str(text))
        except OSError as error:
            raise TokenizerError(f"{path.name} cannot be read: {error.strerror}.") from error
        except TokenizerError:
            raise
        except Exception as error:  # the backend raises a bare Exception for a file it cannot parse
            raise TokenizerError(f"{path.name} is not a readable tokenizer file.") from error

    def save(self, path: Path) -> None:
        """Write a `tokenizer.json`."""
        path.write_text(self.to_json(), encoding="utf-8")

    def to_json(self) -> str:
        """The whole tokenizer as the text of a `tokenizer.json`."""
        return self.backend.to_str(pretty=False)

    def __len__(self) -> int:
        """V, the specials included."""
        return self.backend.get_vocab_size()

    @property
    def is_byte_level(self) -> bool:
        """True for BPE over bytes, to which nothing is unknown."""
        return isinstance(self.backend.model, models.BPE)

    def encode(self, text: str) -> Encoding:
        """Cut `text` into pieces. Any string is accepted; a lone surrogate counts as U+FFFD."""
        text = clean(text)
        encoded = self.backend.encode(text, add_special_tokens=False)
        spans = whole_characters(text, encoded.offsets)
        pieces = (
            Piece(number, text[start:end], start, end)
            for number, (start, end) in zip(encoded.ids, spans, strict=True)
        )
        return Encoding(text, tuple(pieces))

    def encode_batch(self, texts: Iterable[str]) -> list[list[int]]:
        """The integers of many texts, in parallel."""
        cleaned = [clean(text) for text in texts]
        return [e.ids for e in self.backend.encode_batch_fast(cleaned, add_special_tokens=False)]

    def decode(self, ids: Iterable[int]) -> str:
        """Back to text; `[PAD]`, `[SOS]` and `[EOS]` are left out, `[UNK]` stays visible.

        Byte-level pieces give back the text they were cut from, composed (NFC) and with plain
        quotes and dots, without one space that it began with; words come back spaced as usual.
        """
        kept = [number for number in ids if number not in (PAD, SOS, EOS)]
        text: str = self.backend.decode(kept, skip_special_tokens=False)
        return text.removeprefix(" ")  # each text is encoded with a space before its first word

    def label(self, number: int) -> str:
        """How a piece of the vocabulary reads by itself: " the", "[EOS]", "<F0 9F>" for bare bytes.

        Raises IndexError for an integer outside the vocabulary.
        """
        if not 0 <= number < len(self):
            raise IndexError(f"There is no piece {number} in a vocabulary of {len(self)}.")
        token = str(self.backend.id_to_token(number))
        if number < len(SPECIALS) or not self.is_byte_level:
            return token
        raw = bytes(_BYTE_OF[character] for character in token)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return f"<{raw.hex(' ').upper()}>"


def clean(text: str) -> str:
    """`text` with lone surrogates, which no UTF-8 can hold, as U+FFFD; lengths stay the same."""
    return SURROGATES.sub("\ufffd", text)


def whole_characters(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that never cut a character: pieces that overlap share the union of their spans, and a
    composed letter takes in what was typed to compose it (accents, the parts of a Hangul syllable).

    Distinct spans and the gaps between them then rebuild `text`.
    """
    merged: list[tuple[int, int]] = []
    first = 0  # where the pieces that share the newest span begin
    nexts = [*(start for start, _ in spans), len(text)][1:]
    for (start, end), following in zip(spans, nexts, strict=True):
        while end < len(text) and (
            unicodedata.combining(text[end]) or (end < following and not text[end].isspace())
        ):
            end += 1
        if merged and start < merged[-1][1]:
            union = (merged[-1][0], max(end, merged[-1][1]))
            merged[first:] = [union] * (len(merged) - first)
            merged.append(union)
        else:
            first = len(merged)
            merged.append((start, end))
    return merged


def train_bpe(texts: Iterable[str], vocab_size: int) -> Tokenizer:
    """Byte-level byte-pair encoding (Sennrich et al., 2016) with the full alphabet of bytes.

    Raises `TokenizerError` for a vocabulary too small to hold every byte.
    """
    if vocab_size < SMALLEST_BPE:
        raise TokenizerError(
            f"A byte-level vocabulary needs at least {SMALLEST_BPE} pieces, not {vocab_size}."
        )
    backend = Backend(models.BPE())
    backend.normalizer = normalizer()
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        min_frequency=2,
        special_tokens=list(SPECIALS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator(map(clean, texts), trainer)
    return Tokenizer(backend)


def train_words(
    texts: Iterable[str], min_frequency: int = 2, vocab_size: int = 30_000
) -> Tokenizer:
    """The lesson's way: count all words, sort by count, keep those seen at least `min_frequency`
    times (and at most `vocab_size` in all), give each an integer; the rest is `[UNK]`.

    Raises `TokenizerError` when no word is left.
    """
    backend = Backend(models.WordLevel(vocab={}, unk_token="[UNK]"))
    backend.normalizer = normalizer()
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    backend.decoder = decoders.WordPiece(prefix=" ", cleanup=True)  # no word has this prefix
    trainer = trainers.WordLevelTrainer(
        vocab_size=vocab_size,
        min_frequency=min_frequency,
        special_tokens=list(SPECIALS),
        show_progress=False,
    )
    backend.train_from_iterator(map(clean, texts), trainer)
    if backend.get_vocab_size() <= len(SPECIALS):
        raise TokenizerError(
            f"No word occurs {min_frequency} times: lower the threshold or bring more text."
        )
    return Tokenizer(backend)


def normalizer() -> normalizers.Normalizer:
    """Composed characters, and the plain quotes and dots that training text is written with."""
    plain = [normalizers.Replace(Regex(find), put) for find, put in TYPOGRAPHY.items()]
    return normalizers.Sequence([normalizers.NFC(), *plain])


def _byte_characters() -> dict[str, int]:
    """The printable character that stands for each byte in a byte-level vocabulary.

    Printable bytes stand for themselves, the others take characters from U+0100 on, in order.
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in set(printable)]
    table = {chr(byte): byte for byte in printable}
    return table | {chr(0x100 + place): byte for place, byte in enumerate(hidden)}


_BYTE_OF = _byte_characters()


def is_made_of_bytes(tokens: set[str]) -> bool:
    """True where each token is written in byte characters and each byte is a token."""
    return _BYTE_OF.keys() <= tokens and _BYTE_OF.keys() >= set().union(*tokens)
