"""What every head is worth on pairs that the model did not learn from: ablation.json of a bundle.

For each head the rise of the loss, nats per target token, when it alone is switched off (zero).
The file is derived: `python -m trainer derive` makes it again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trainer.corpora import Pair

if TYPE_CHECKING:
    from transformer.bundle import Bundle

FILE = "ablation.json"
PAIRS = 200  # evenly spaced over those given: an effect of 0.01 nats shows; for tiny some minutes
BATCH_TOKENS = 2048


def measure(bundle: Bundle, pairs: Sequence[Pair], data: str, identity: str) -> dict[str, Any]:
    """The content of ablation.json: whose it is, on what, the loss as it is, and its rise by head.

    rise[kind] is (L, H). Raises ValueError where no pair fits in the model.
    """
    import torch

    from trainer.batches import collate, token_batches
    from trainer.evaluate import encode_pairs, fitting
    from transformer.analysis.ablation import head_names, total_log_probs
    from transformer.analysis.edits import Off
    from transformer.analysis.interventions import functions
    from transformer.trace import tracing

    model, dataset = bundle.model.eval(), encode_pairs(bundle, pairs)
    fits = fitting(dataset, model.config.max_tokens)
    if not fits:
        raise ValueError("no pair is short enough for the model.")
    kept = [fits[place] for place in spread(len(fits), PAIRS)]
    names = head_names(model)
    whole, tokens = 0.0, 0
    lost = dict.fromkeys(names, 0.0)
    lengths = [dataset.lengths[place] for place in kept]
    for members in token_batches(lengths, BATCH_TOKENS, seed=0, epoch=0):
        src, tgt = collate([dataset[kept[member]] for member in members])
        tokens += int((tgt[:, 1:] != 0).sum())
        with torch.no_grad():
            own = float(total_log_probs(model, src, tgt).double().sum())
            whole -= own
            for name in names:
                with tracing(model, functions(model, [Off(*name)])):
                    lost[name] += own - float(total_log_probs(model, src, tgt).double().sum())
    about = {"schema": 1, "model": identity, "data": data, "pairs": len(kept), "tokens": tokens}
    return {**about, "nll": round(whole / tokens, 5), "rise": by_kind(lost, tokens)}


def by_kind(
    lost: Mapping[tuple[str, int, int], float], tokens: int
) -> dict[str, list[list[float]]]:
    """Nats lost by head, in the order of layers and heads, as nats per token: kind -> (L, H)."""
    rise: dict[str, list[list[float]]] = {}
    for (kind, _, head), nats in lost.items():
        rows = rise.setdefault(kind, [])
        rows += [[]] if head == 1 else []
        rows[-1].append(round(nats / tokens, 5))
    return rise


def spread(count: int, most: int) -> list[int]:
    """At most `most` of 0 .. count - 1, evenly spaced."""
    step = max(1.0, count / most)
    return [int(place * step) for place in range(min(count, most))]


def write(folder: Path, found: dict[str, Any]) -> None:
    """Write ablation.json into a bundle."""
    (folder / FILE).write_text(json.dumps(found, indent=1) + "\n", "utf-8")


def read(
    folder: Path, identity: str, layers: dict[str, int], heads: int
) -> tuple[str, dict[str, np.ndarray]] | None:
    """What ablation.json was measured on, and the rise by kind (L, H); None where there is none
    that can be read, or it is another model's."""
    try:
        found = json.loads((folder / FILE).read_text("utf-8"))
        tables = {kind: np.array(found["rise"][kind], np.float32) for kind in layers}
        told = f"{found['pairs']:,} pairs of {found['data']}"
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    fits = all(table.shape == (layers[kind], heads) for kind, table in tables.items())
    return (told, tables) if fits and found.get("model") == identity else None
