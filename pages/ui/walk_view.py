"""The blob of the walk component: the steps of one head, their sentences and all their numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from pages.ui.components import AXES, pack
from pages.ui.pieces import spelled

if TYPE_CHECKING:
    from transformer.analysis.walk import Walk

_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


def walk_blob(
    found: Walk,
    pieces: Mapping[str, list[str]],
    text: Mapping[str, str],
    script: str,
    provenance: str,
) -> bytes:
    """All positions of the head in one blob, so that another piece costs no round trip.

    Most of it is weights, which every position shares. They go as float16 where that loses nothing,
    as it does for any exported model; activations go as float32. pieces are the labels of "src" and
    "tgt"; text holds a section for each step; script prints `CELL` of
    pages/ui/script.py.
    """
    query, key = AXES[found.kind]
    header = {
        "kind": found.kind,
        "layer": found.layer,
        "head": found.head,
        "pieces": {
            "query": [spelled(piece) for piece in pieces[query]],
            "key": [spelled(piece) for piece in pieces[key]],
        },
        "steps": [
            {"name": step.name, "formula": step.formula, "made": step.made, **told(text[step.name])}
            for step in found.steps
        ],
        "tensors": {
            name: {
                "symbol": cells.symbol,
                "rows": cells.rows,
                "cols": cells.cols,
                "dims": cells.dims,
                "source": cells.source,
                "code": cells.code,
                "rule": cells.rule,
                "uses": [[use.tensor, use.rows, use.cols, use.shift] for use in cells.uses],
            }
            for name, cells in found.tensors.items()
        },
        "sizes": sizes_of(found, pieces),
        "snippet": script,
        "provenance": provenance,
    }
    return pack(header, {name: slim(values) for name, values in found.values().items()})


def sizes_of(found: Walk, pieces: Mapping[str, list[str]]) -> dict[str, int]:
    """How long each letter of the alphabet of shapes is here; one sentence is a batch of 1."""
    width, d_k = found.tensors["concat"].values.shape[1], found.tensors["q"].values.shape[1]
    lengths = {"s": len(pieces["src"]), "t": len(pieces["tgt"])}
    return {"b": 1, "h": width // d_k, "d": width, "k": d_k, **lengths}


def told(section: str) -> dict[str, Any]:
    """A section of prose as its title and runs of [words, names of tensors]: `[query](q)` is the
    run "query" that names the tensor q, and of names parted by | the first that is there counts."""
    title, _, body = section.partition("\n\n")
    runs: list[tuple[str, list[str]]] = []
    for place, run in enumerate(_LINK.split(" ".join(body.split()))):
        if place % 3 == 2:
            runs[-1] = (runs[-1][0], run.split("|"))
        elif run:
            runs.append((run, []))
    return {"title": title, "text": runs}


def slim(values: np.ndarray) -> np.ndarray:
    """The same numbers in fewer bytes where there is a way that loses nothing."""
    if values.dtype == bool:
        return values.astype(np.uint8)
    with np.errstate(over="ignore"):
        half = values.astype(np.float16)
    return half if np.array_equal(half.astype(values.dtype), values) else values
