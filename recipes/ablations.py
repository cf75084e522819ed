"""What each choice in `tiny`'s recipe is worth: a short run with one thing changed at a time.

All side by side on one device, so their clocks mean nothing; their scores are compared at the same
number of updates, on pairs that none of them has seen.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from recipes.tiny import TOKENIZER
from recipes.training import start, until_over

STEPS = 2000
CHANGES: dict[str, dict[str, Any]] = {
    "reference": {},
    "everyday-text-only": {"data": "everyday.tsv.gz"},
    "with-translations": {"data": "train.tsv.gz,translations.tsv.gz"},
    "no-dropout": {"dropout": 0.0},
    "more-dropout": {"dropout": 0.2},
    "vocabulary-4000": {"tokenizer_file": "", "vocab_size": 4000},
    "vocabulary-16000": {"tokenizer_file": "", "vocab_size": 16_000},
    "no-average": {"ema": 0.0},
}


def train(text: Path, out: Path, seconds: float) -> None:
    """Leave a run `ablations/NAME/NAME` in `out` for each change."""
    runs = []
    for name, changes in CHANGES.items():
        files = changes.get("data", "train.tsv.gz").split(",")
        spec = [str(folder / file) for file in files for folder in (text, out)]
        found = [path for path in spec if Path(path).exists()]
        if len(found) < len(files):
            continue
        settings = {
            "tokenizer_file": str(TOKENIZER),
            "steps": STEPS,
            "batch_tokens": 16_384,
            "rate": 1.5e-3,
            "warmup": 300,
            "ema": 0.995,
            "log_every": 20,
            "valid_every": STEPS,
            "save_every": STEPS,
        }
        settings |= changes | {"data": ",".join(found)}
        runs.append(start(out / "ablations", name, "tiny", **settings))
    until_over(runs, seconds)
