"""What a bundle's `metrics.jsonl` tells of the text held out."""

from __future__ import annotations

import json
from pathlib import Path


def scores(folder: Path) -> dict[str, float]:
    """The last scores on the pairs held out, such as "val/nll" in nats a token; empty where the
    file tells none."""
    try:
        rows = map(json.loads, (folder / "metrics.jsonl").read_text("utf-8").splitlines())
        last = [row for row in rows if "val/nll" in row][-1:]
        told = {name: value for row in last for name, value in row.items()}
        return {name: float(value) for name, value in told.items() if name.startswith("val/")}
    except (OSError, ValueError, TypeError, RecursionError):
        return {}
