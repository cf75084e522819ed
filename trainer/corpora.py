"""Corpora by name, by file or from the Hugging Face hub: text in, pairs of sentences out.

A file holds one pair a line, `source<TAB>target`, UTF-8, plain or gzip (told by its first bytes,
not by its name). Further columns are ignored: lists of pairs often carry an attribution there.
"""

import gzip
import hashlib
import io
import os
import random
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

Pair = tuple[str, str]

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "corpora"
SHIPPED = {"bible-web-diodati": "public domain", "libreoffice-help": "MPL-2.0"}  # name -> licence
OPUS_BOOKS = "Helsinki-NLP/opus_books"  # the corpus of the lesson, also by its bare name
SOURCE, TARGET = "en", "it"  # the columns read from a corpus on the hub
CAP_SEED = 0
MOST_UNPACKED = 256 << 20  # bytes out of one gzip file: a small file can hold any amount


class DataError(ValueError):
    """Training text that cannot be used; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Corpus:
    """Pairs and where they came from; `dropped` counts by reason what was left out."""

    name: str
    pairs: list[Pair]
    sha256: str  # of the file as it lies on the disk, whatever the cap
    licence: str | None  # None = not known to the project
    dropped: dict[str, int]


def load_data(spec: str) -> list[Corpus]:
    """The corpora of a comma-separated spec, in its order; naming one twice weighs it double.

    A path with a comma in it cannot be named here. Raises `DataError`.
    """
    _refuse_commas(spec.split(","))
    names = [name.strip() for name in spec.split(",") if name.strip()]
    if not names:
        raise DataError(f"No training text is named: give a file or one of {_known()}.")
    return [load_corpus(name) for name in names]


def load_corpus(spec: str) -> Corpus:
    """One corpus: `name`, `path` or `hf:owner/repository`, each with an optional `:cap`.

    A cap keeps that many pairs, in the file's order. The choice is random but the same every time,
    and a smaller cap keeps a part of what a larger one keeps. The pairs left out are counted in
    `dropped`. Raises `DataError`.
    """
    name, cap = _split_cap(spec.strip())
    source = f"hf:{OPUS_BOOKS}" if name in ("opus_books", OPUS_BOOKS) else name
    if source.startswith("hf:"):
        from trainer.hub import load_hub

        corpus = load_hub(source.removeprefix("hf:"))
    elif source in SHIPPED:
        path = FOLDER / f"{source}.en-it.tsv.gz"
        corpus = _load_file(path, source, SHIPPED[source])
    else:
        corpus = _load_file(Path(os.path.expanduser(source)), source, None)
    return corpus if cap is None else _capped(corpus, cap)


def _refuse_commas(parts: list[str]) -> None:
    """Raise `DataError` where neighbouring parts of a spec are together the path of a file."""
    for first in range(len(parts)):
        for end in range(first + 2, len(parts) + 1):
            path = _split_cap(",".join(parts[first:end]).strip())[0]
            if os.path.isfile(os.path.expanduser(path)):
                raise DataError(
                    f"{path} has a comma in its path, and commas stand between several texts: "
                    "rename or move the file."
                )


def usable_pairs(pairs: Iterable[Pair], dropped: Counter[str]) -> list[Pair]:
    """The pairs with text on both sides, stripped; counts the rest in `dropped`."""
    kept = []
    for source, target in pairs:
        pair = source.strip(), target.strip()
        if all(pair):
            kept.append(pair)
        else:
            dropped["empty side"] += 1
    return kept


def _split_cap(spec: str) -> tuple[str, int | None]:
    name, colon, cap = spec.rpartition(":")
    if not colon or not (cap.isascii() and cap.isdigit()):
        return spec, None
    if int(cap) == 0:
        raise DataError(f"{spec} keeps no pairs: give a cap of at least 1 after the colon.")
    return name, int(cap)


def _capped(corpus: Corpus, cap: int) -> Corpus:
    count = len(corpus.pairs)
    if count <= cap:
        return corpus
    draw = random.Random(CAP_SEED)
    rank = [draw.random() for _ in range(count)]
    kept = sorted(sorted(range(count), key=rank.__getitem__)[:cap])
    return Corpus(
        name=corpus.name,
        pairs=[corpus.pairs[index] for index in kept],
        sha256=corpus.sha256,
        licence=corpus.licence,
        dropped=corpus.dropped | {"over the cap": count - cap},
    )


def _load_file(path: Path, name: str, licence: str | None) -> Corpus:
    raw = _read(path)
    text = _decode(path, _decompress(path, raw))
    dropped: Counter[str] = Counter()
    pairs = usable_pairs(_columns(path, text, dropped), dropped)
    if not pairs:
        count = sum(dropped.values())
        raise DataError(
            f"{path} has no usable pair, all of its {count} lines lack a source or a target: "
            "write one pair a line as source<TAB>target."
        )
    return Corpus(name, pairs, hashlib.sha256(raw).hexdigest(), licence, dict(dropped))


def _read(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
    except IsADirectoryError:
        raise DataError(f"{path} is a folder: name the file with the pairs in it.") from None
    except FileNotFoundError:
        raise DataError(
            f"{path} was not found: give a file that exists or one of {_known()}, "
            "with :number behind it for a cap."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{path} cannot be read ({reason}): check its rights.") from error
    if not raw:
        raise DataError(f"{path} is empty: write one pair a line as source<TAB>target.")
    return raw


def _decompress(path: Path, raw: bytes) -> bytes:
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    try:
        text = gzip.GzipFile(fileobj=io.BytesIO(raw)).read(MOST_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is a broken gzip file ({error}): copy it again.") from error
    if len(text) > MOST_UNPACKED:
        raise DataError(
            f"{path} unpacks to more than {MOST_UNPACKED >> 20} MB: give a part of it, or unpack "
            "it yourself if it is meant to be that large."
        )
    return text


def _decode(path: Path, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # `start` counts from behind a byte-order mark, so look the byte up in `error.object`.
        line = error.object.count(b"\n", 0, error.start) + 1
        byte = error.object[error.start]
        raise DataError(
            f"{path} is not UTF-8 (byte 0x{byte:02x} in line {line}): save it as UTF-8."
        ) from error
    if "\0" in text:
        raise DataError(f"{path} holds zero bytes, so it is not UTF-8 text: save it as UTF-8.")
    return text


def _columns(path: Path, text: str, dropped: Counter[str]) -> Iterable[Pair]:
    """The first two columns of each line; lines without a tab are counted in `dropped`."""
    # Not splitlines(): it would also cut inside a sentence, at U+2028 and the like.
    filled, pairs = 0, []
    for line in io.StringIO(text, newline=None):
        if line.strip():
            filled += 1
            source, tab, rest = line.partition("\t")
            if tab:
                pairs.append((source, rest.partition("\t")[0]))
    if not filled:
        raise DataError(f"{path} is empty: write one pair a line as source<TAB>target.")
    if not pairs:
        raise DataError(
            f"{path} has one column, no line has a tab: write one pair a line as source<TAB>target."
        )
    if len(pairs) < filled:
        dropped["no tab"] = filled - len(pairs)
    return pairs


def _known() -> str:
    return ", ".join([*SHIPPED, "opus_books"])
