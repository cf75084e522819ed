"""How often a tokenizer's merges and pieces occur in a text: `merges.json` of a bundle.

Every word of the text is cut as the tokenizer cuts it. A merge counts once for each time that it is
made, a piece once for each time that it is left at the end. On the very text that a BPE was trained
on, the first number is the one by which the training chose the merge. Derived: the same tokenizer
and text give the same file.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from transformer.analysis.merges import merge_ranks, normalised, replay
from transformer.tokenizer import Tokenizer

FILE = "merges.json"
VERSION = 1


@dataclass(frozen=True)
class Counts:
    """What was counted in `texts` texts of `data`: merges by rank (empty where the tokenizer makes
    none), tokens by integer (V). tokenizer is the sha256 of the tokenizer that cut them."""

    data: str
    texts: int
    tokenizer: str
    merges: list[int]
    tokens: list[int]


def count(tokenizer: Tokenizer, texts: Sequence[str], data: str) -> Counts:
    """Count merges and tokens of `texts`, which are called `data`."""
    tokens = [0] * len(tokenizer)
    ranks = merge_ranks(tokenizer) if tokenizer.is_byte_level else {}
    merges = [0] * len(ranks)
    if not ranks:
        for ids in tokenizer.encode_batch(texts):
            for number in ids:
                tokens[number] += 1
        return Counts(data, len(texts), name_of(tokenizer), merges, tokens)
    integers = tokenizer.backend.get_vocab()
    for word, times in words(tokenizer, texts).items():
        found = replay(word, ranks)
        for merge in found.merges:
            merges[merge.rank] += times
        for piece in found.pieces:
            tokens[integers[piece]] += times
    return Counts(data, len(texts), name_of(tokenizer), merges, tokens)


def words(tokenizer: Tokenizer, texts: Iterable[str]) -> Counter[str]:
    """The pre-tokens of many texts, and how often each occurs."""
    cut, found = tokenizer.backend.pre_tokenizer, Counter[str]()
    for text in texts:
        text = normalised(tokenizer, text)
        found.update(word for word, _ in cut.pre_tokenize_str(text)) if cut else found.update(
            [text]
        )
    return found


def name_of(tokenizer: Tokenizer) -> str:
    """The sha256 of a tokenizer, as its file would be written today."""
    return hashlib.sha256(tokenizer.to_json().encode()).hexdigest()


def save_counts(folder: Path, sides: dict[str, Counts]) -> None:
    """Write `merges.json` into a bundle; sides are "src" and, where it has its own, "tgt"."""
    told = {"version": VERSION} | {side: asdict(counts) for side, counts in sides.items()}
    (folder / FILE).write_text(json.dumps(told, separators=(",", ":")) + "\n", "utf-8")


def load_counts(folder: Path, side: str, tokenizer: Tokenizer) -> Counts | None:
    """The counts of a bundle's tokenizer; None where it has none that can be read and are its."""
    try:
        told = json.loads((folder / FILE).read_text("utf-8"))
        counts = Counts(**told[side]) if told["version"] == VERSION else None
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    if counts is None or counts.tokenizer != name_of(tokenizer):
        return None
    sizes = (len(counts.tokens), len(counts.merges))
    wanted = (len(tokenizer), len(merge_ranks(tokenizer)) if tokenizer.is_byte_level else 0)
    whole = all(type(n) is int and n >= 0 for n in (*counts.tokens, *counts.merges))
    return counts if sizes == wanted and whole else None
