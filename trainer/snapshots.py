"""Snapshots of the inside of a model while it learns, as files: attention, embeddings, histograms.

A snapshot is `snapshots/step=00000300.npz` in the run folder, arrays without pickle. Reading one
needs numpy alone.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from transformer.analysis.example import UNREADABLE, Example

BINS = 32
KINDS = ("encoder", "decoder", "cross")
ARRAYS = ("embedding", "weights", "weight_ends", "gradients", "gradient_ends")


@dataclass(frozen=True)
class Snapshot:
    """A model as it stood.

    examples: each probe with the model's own translation of it and all attention between the two.
    embedding (N, D) in float16: the rows of the first N pieces of the source vocabulary.
    parts: names of the model's parts; for each, weights and gradients (parts, BINS) count its
    numbers between the two ends in weight_ends and gradient_ends (parts, 2), a few outliers at the
    ends. The gradients are those of the last update, clipped; a part that had none yet counts none.
    """

    examples: list[Example]
    embedding: np.ndarray
    parts: list[str]
    weights: np.ndarray
    weight_ends: np.ndarray
    gradients: np.ndarray
    gradient_ends: np.ndarray


def snapshot_file(folder: Path, step: int) -> Path:
    """Where the snapshot of a step lies in a run's `snapshots/`."""
    return folder / f"step={step:08d}.npz"


def taken(folder: Path) -> list[int]:
    """The steps of the snapshots in a run's `snapshots/`, ascending."""
    names = (path.stem.removeprefix("step=") for path in folder.glob("step=*.npz"))
    return sorted(int(name) for name in names if name.isdecimal())


def write_snapshot(path: Path, snapshot: Snapshot) -> None:
    """Write it in one piece, without pickle. Raises OSError."""
    told = [{**asdict(example), "attention": None} for example in snapshot.examples]
    arrays = {
        f"{kind}.{number}": array
        for number, example in enumerate(snapshot.examples)
        for kind, array in example.attention.items()
    }
    for name in ARRAYS:
        arrays[name] = getattr(snapshot, name)
    text = np.array(json.dumps({"examples": told, "parts": snapshot.parts}))
    beside = path.with_suffix(".part")
    try:
        with beside.open("wb") as file:
            np.savez_compressed(file, text=text, **arrays)  # type: ignore[arg-type]
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_snapshot(path: Path) -> Snapshot | None:
    """The snapshot in a file, None where there is none that can be read."""
    try:
        with np.load(path, allow_pickle=False) as data:
            text = json.loads(str(data["text"]))
            examples = [
                Example(**{**told, "attention": {kind: data[f"{kind}.{n}"] for kind in KINDS}})
                for n, told in enumerate(text["examples"])
            ]
            arrays = {name: data[name] for name in ARRAYS}
            found = Snapshot(examples, parts=text["parts"], **arrays)
    except UNREADABLE:
        return None
    return found if _fits(found) else None


def _fits(snapshot: Snapshot) -> bool:
    """Whether each part has its counts and their ends: a file of a stranger may hold anything."""
    parts = snapshot.parts
    if not (isinstance(parts, list) and all(isinstance(part, str) for part in parts)):
        return False
    shapes = {"weights": BINS, "weight_ends": 2, "gradients": BINS, "gradient_ends": 2}
    arrays = {name: getattr(snapshot, name) for name in shapes}
    return all(
        array.shape == (len(parts), shapes[name])
        and array.dtype.kind in "iuf"
        and bool(np.isfinite(array).all())
        for name, array in arrays.items()
    )
