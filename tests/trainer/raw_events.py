"""Lines of events as a trainer writes them."""

from __future__ import annotations

import json


def raw_metric(step: int, loss: float = 1.0, attempt: int = 1) -> bytes:
    """A line with a metric."""
    record = {
        "schema": 1, "attempt": attempt, "seq": step, "wall": 1.0, "mono": float(step),
        "kind": "metric", "step": step, "phase": "training", "train/loss": loss,
    }  # fmt: skip
    return json.dumps(record).encode() + b"\n"
