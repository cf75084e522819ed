"""`tiny` twice, side by side: from the text alone, and with base's translations as more of it.

The second is sequence-level distillation (Kim and Rush, 2016).
"""

from __future__ import annotations

from pathlib import Path

from recipes.training import start, until_over
from recipes.translations import FILE

STEPS = 6000
TOKENIZER = Path(__file__).parents[1] / "assets" / "models" / "tiny" / "tokenizer.json"


def train(text: Path, out: Path, seconds: float) -> None:
    """Leave the runs `tiny-plain` and `tiny-distilled` in `out`."""
    data = str(text / "train.tsv.gz")
    more = {"tiny-plain": data, "tiny-distilled": f"{data},{out / FILE}"}
    runs = [
        start(
            out,
            name,
            "tiny",
            data=spec,
            tokenizer_file=str(TOKENIZER),
            steps=STEPS,
            batch_tokens=8192,
            rate=1.5e-3,
            warmup=600,
            log_every=20,
            workers=2,
            valid_every=STEPS // 4,
            save_every=STEPS,
            bleu_pairs=200,
        )
        for name, spec in more.items()
        if all(Path(part).exists() for part in spec.split(","))
    ]
    until_over(runs, seconds)
