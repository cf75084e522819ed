"""`python -m bench.decoding`: greedy and beam search, one sentence and 64 at a time, beside others.

CTranslate2 has the same weights and must write the same greedy translations; Hugging Face's
`generate` runs a Marian model of the same sizes with random weights, for as many tokens as Dawn
writes on average. They take turns in one process, on as many threads.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch

from bench.decoding.decoders import Decode, Ids, ctranslate2, dawn, marian
from bench.extras import CACHE, missing
from bench.report import print_machine
from trainer.data import load_data
from trainer.model_commands import model_folder
from transformer.bundle import Bundle, load_bundle
from transformer.tokenizer import EOS

FOLDER = CACHE / "decoding"
REQUIREMENTS = "requirements-bench-decoding.txt"
GOALS = {"generate": 2.0, "ctranslate2": 0.5}
"""How many times their pace Dawn's is meant to be."""
PACKAGES = {"generate": "transformers", "ctranslate2": "ctranslate2"}
BATCHES, BEAMS = (1, 64), (1, 4)
SENTENCES = 64
SHORTEST, LONGEST = 10, 30  # tokens of a source


@dataclass
class Found:
    """Of each turn: target tokens, [EOS] included, and sentences a second."""

    tokens: list[float] = field(default_factory=list)
    sentences: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.decoding", description=__doc__)
    parser.add_argument("--model", default="tiny", help="a model, a run or a folder (tiny)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each (3)")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--without", action="append", default=[], choices=tuple(GOALS))
    given = parser.parse_args()
    names = [name for name in GOALS if name not in given.without]
    require(names)
    torch.set_num_threads(given.threads)
    print_machine()
    bundle = load_bundle(model_folder(given.model))
    sources = sources_of(bundle)
    own = dawn(bundle, given.device)
    middle = round(statistics.mean(len(ids) + 1 for ids in own(sources, 1)))
    makers: dict[str, Callable[[], Decode]] = {
        "generate": lambda: marian(bundle, given.device, middle),
        "ctranslate2": lambda: ctranslate2(bundle, given.device, given.threads),
    }
    contenders = {"dawn": own} | {name: makers[name]() for name in names}
    print(f"{given.model}, {len(sources)} sentences, {middle} tokens each on average, "
          f"{given.threads} threads on the {given.device}")  # fmt: skip
    if theirs := contenders.get("ctranslate2"):
        same = agreement(own(sources, 1), theirs(sources, 1))
        print(f"greedy translations that CTranslate2 writes alike: {same} of {len(sources)}\n")
    for batch in BATCHES:
        for beams in BEAMS:
            print_table(measured(contenders, sources, batch, beams, given.rounds), batch, beams)


def require(names: Sequence[str]) -> None:
    """Find the others. Raises SystemExit where they are not installed."""
    sys.path.append(str(FOLDER))
    try:
        for name in names:
            importlib.import_module(PACKAGES[name])
    except ImportError as error:
        told = f"This bench sets Dawn beside CTranslate2 and Hugging Face ({error})"
        raise missing(told, FOLDER, REQUIREMENTS) from error


def sources_of(bundle: Bundle) -> list[Ids]:
    """The first sentences of a shipped text that are neither short nor long."""
    texts = [source for source, _ in load_data("libreoffice-help")[0].pairs]
    coded = (bundle.src_tokenizer.encode(text).ids for text in texts)
    fitting = ([*ids, EOS] for ids in coded if SHORTEST <= len(ids) < LONGEST)
    return [ids for _, ids in zip(range(SENTENCES), fitting, strict=False)]


def agreement(ours: Sequence[Ids], theirs: Sequence[Ids]) -> int:
    """How many are the same."""
    return sum(list(one) == list(other) for one, other in zip(ours, theirs, strict=True))


def measured(
    contenders: dict[str, Decode], sources: list[Ids], batch: int, beams: int, rounds: int
) -> dict[str, Found]:
    """Turns of each, after one that is not counted."""
    some = sources if batch > 1 else sources[:16]
    found = {name: Found() for name in contenders}
    for turn in range(rounds + 1):
        for name, decode in contenders.items():
            began = time.perf_counter()
            written = [
                ids
                for start in range(0, len(some), batch)
                for ids in decode(some[start : start + batch], beams)
            ]
            taken = time.perf_counter() - began
            if turn:
                found[name].tokens.append(sum(len(ids) + 1 for ids in written) / taken)
                found[name].sentences.append(len(written) / taken)
    return found


def print_table(found: dict[str, Found], batch: int, beams: int) -> None:
    """A line a contender."""
    print(f"{'greedy' if beams == 1 else f'beam {beams}'}, {batch} at a time")
    print(f"  {'who':12}  {'tokens/s':>9}  {'least':>7}  {'most':>7}  {'sentences/s':>11}  Dawn is")
    pace = statistics.median(found["dawn"].tokens)
    for name, one in found.items():
        median = statistics.median(one.tokens)
        verdict = ""
        if goal := GOALS.get(name):
            reached = "met" if pace / median >= goal else "MISSED"
            verdict = f"{pace / median:.2f} x (goal {goal:g}: {reached})"
        print(f"  {name:12}  {median:9,.0f}  {min(one.tokens):7,.0f}  {max(one.tokens):7,.0f}  "
              f"{statistics.median(one.sentences):11.1f}  {verdict}")  # fmt: skip
    print(flush=True)


if __name__ == "__main__":
    main()
