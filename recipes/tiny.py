"""`tiny` twice, side by side: from the text alone, and with base's translations as more of it.

The second is sequence-level distillation (Kim and Rush, 2016).
"""

from __future__ import annotations

from pathlib import Path

from recipes.training import start, until_over
from recipes.translations import FILE
from trainer.folder import Run

NAMES = ("tiny-plain", "tiny-distilled")
STEPS = 6000
TOKENIZER = Path(__file__).parents[1] / "assets" / "models" / "tiny" / "tokenizer.json"


def train(text: Path, out: Path, seconds: float) -> None:
    """Leave the runs `tiny-plain` and `tiny-distilled` in `out`."""
    runs = [
        begin(name, text, out) for name in NAMES if name == "tiny-plain" or (out / FILE).exists()
    ]
    until_over(runs, seconds)


def begin(name: str, text: Path, out: Path) -> Run:
    """One of the two, launched."""
    data = str(text / "train.tsv.gz")
    return start(
        out,
        name,
        "tiny",
        data=data if name == "tiny-plain" else f"{data},{out / FILE}",
        tokenizer_file=str(TOKENIZER),
        steps=STEPS,
        batch_tokens=16_384,
        rate=2e-3,
        warmup=600,
        log_every=20,
        workers=4,
        valid_every=STEPS // 3,
        save_every=STEPS,
        bleu_pairs=200,
    )
