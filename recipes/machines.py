"""The two machines of text beside the translator: encoder-only and decoder-only.

They read what `tiny` reads, in its pieces, so that one sentence can be laid before all three.
"""

from __future__ import annotations

from pathlib import Path

from recipes.tiny import TOKENIZER
from recipes.training import start, until_over
from trainer.folder import Run

NAMES = ("fill", "continue")
STEPS = 12_000


def train(text: Path, out: Path, seconds: float) -> None:
    """Leave the runs `fill` and `continue` in `out`."""
    until_over([begin(name, text, out) for name in NAMES], seconds)


def begin(name: str, text: Path, out: Path) -> Run:
    """One of the two, launched."""
    return start(
        out,
        name,
        name,
        data=str(text / "train.tsv.gz"),
        tokenizer_file=str(TOKENIZER),
        valid_pairs=1000,
        encoder_layers=4,
        decoder_layers=4,
        d_model=192,
        d_ff=768,
        heads=4,
        dropout=0.1,
        max_tokens=128,
        steps=STEPS,
        batch_tokens=16_384,
        rate=2e-3,
        warmup=500,
        ema=0.999,
        hidden_share=0.2 if name == "fill" else 0.15,
        log_every=20,
        workers=1,
        valid_every=STEPS // 4,
        save_every=STEPS,
        bleu_pairs=1000,
    )
