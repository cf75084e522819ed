"""`base` on all of the text: the teacher, and the measure of what `tiny` could be."""

from __future__ import annotations

from pathlib import Path

from recipes.training import start, until_over
from trainer.folder import Run

STEPS = 5200


def train(text: Path, out: Path, seconds: float) -> None:
    """Leave the run `base/base` in `out`, its bundle in `base/base/export`."""
    until_over([begin(text, out)], seconds)


def begin(text: Path, out: Path) -> Run:
    """The run, launched."""
    return start(
        out,
        "base",
        "base",
        data=str(text / "train.tsv.gz"),
        tokenizer_file=str(text / "base-tokenizer.json"),
        steps=STEPS,
        batch_tokens=16_384,
        rate=1e-3,
        warmup=500,
        workers=3,
        valid_every=STEPS // 2,
        save_every=STEPS,
        bleu_pairs=200,
    )


def bundle(out: Path) -> Path:
    """Where its bundle lies."""
    return out / "base" / "base" / "export"
