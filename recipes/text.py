"""The training text of `base` and `tiny`: `python -m recipes.text --data FOLDER --out FOLDER`.

Reads `NAME.en-it.tsv.gz` of each corpus, everyday text first, and writes `train.tsv.gz`,
`everyday.tsv.gz` (its first part), `held-out.tsv.gz` and a tokenizer for `base`. Pairs that share a
sentence, case and accents aside, with a held-out one or with a validation file are left out.
"""

from __future__ import annotations

import argparse
import gzip
from collections.abc import Iterable
from pathlib import Path

from recipes.casing import Casing
from trainer.corpora import Pair, load_corpus
from trainer.data import normalise
from transformer.tokenizer import train_bpe

EVERYDAY = ("tatoeba", "tatoeba", "stsb-deepl", "stsb-deepl", "books-aligned", "wesnoth", "cdda")
LOWERED = ("europarl-lowercase",)
TECHNICAL = (
    *("mmt-samples", "debian-handbook", "libreoffice-help:25000", "debian-descriptions:35000"),
)
PROSE = (
    *("everyday-talk", "chatterbot", "games-story", "games-freedroid", "education", "scratch"),
    *("web-community", "homeassistant", "words-freedict"),
)
MANUALS = (
    *("docs-kde:8000", "docs-gimp:4000", "docs-other:4000", "docs-debian:4000"),
    *("ui-sentences:8000", "mozilla:2000"),
)
VALIDATION = ("valid-flores200-dev", "valid-newstest2009")
BASE_VOCAB = 16_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m recipes.text", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of corpora")
    parser.add_argument(
        "--more", type=Path, help="folder of further corpora, gathered from packages"
    )
    parser.add_argument("--held-out", type=Path, required=True, help="pairs to keep out of it")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    held_out = load_corpus(str(given.held_out)).pairs
    kept_out = [pair for name in VALIDATION for pair in corpus(given.data, name)] + held_out
    secret = [{normalise(pair[side]) for pair in kept_out} for side in (0, 1)]

    def open_pairs(name: str, folder: Path = given.data) -> list[Pair]:
        return [pair for pair in corpus(folder, name) if not hidden(pair, secret)]

    everyday = [pair for name in EVERYDAY for pair in open_pairs(name)]
    technical = [pair for name in TECHNICAL for pair in open_pairs(name)]
    more = [pair for name in PROSE for pair in open_pairs(name, given.more)] if given.more else []
    if given.more:
        technical += [pair for name in MANUALS for pair in open_pairs(name, given.more)]
    casing = [Casing(pair[side] for pair in everyday + technical) for side in (0, 1)]
    lowered = [
        (casing[0].restore(source), casing[1].restore(target))
        for name in LOWERED
        for source, target in open_pairs(name)
    ]
    given.out.mkdir(parents=True, exist_ok=True)
    write(given.out / "everyday.tsv.gz", everyday)
    train = everyday + more + lowered + technical
    write(given.out / "train.tsv.gz", train)
    write(given.out / "held-out.tsv.gz", held_out)
    texts = (text for pair in train for text in pair)
    train_bpe(texts, BASE_VOCAB).save(given.out / "base-tokenizer.json")
    for part in ("everyday", "more", "lowered", "technical", "train"):
        print(f"{part}: {len(locals()[part]):,} pairs")


def corpus(folder: Path, spec: str) -> list[Pair]:
    """The pairs of a corpus in `folder`, `name` or `name:cap`."""
    name, colon, cap = spec.partition(":")
    return load_corpus(f"{folder / name}.en-it.tsv.gz{colon}{cap}").pairs


def hidden(pair: Pair, secret: list[set[str]]) -> bool:
    """Whether either side of a pair is held out."""
    return any(normalise(text) in side for text, side in zip(pair, secret, strict=True))


def write(path: Path, pairs: Iterable[Pair]) -> None:
    """As source<TAB>target, the same bytes for the same pairs."""
    text = "".join(f"{source}\t{target}\n" for source, target in pairs)
    path.write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))


if __name__ == "__main__":
    main()
