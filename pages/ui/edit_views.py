"""The components of the what-if panel: every head as a switch, and a row of weights to write."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, TypeGuard

import numpy as np
import streamlit as st

from pages.ui.components import mount, pack
from pages.ui.edited import with_head, with_row
from pages.ui.pieces import spelled
from pages.ui.state import KINDS, Look, change_edits, read_look
from pages.ui.subject import HEADS
from transformer.analysis.edits import Row

Measure = tuple[str, str, str, Mapping[str, np.ndarray]]
"""Its name, what loses, the unit, and kind -> (L, H) in nats."""


def ablation_view(
    *,
    measures: Sequence[Measure],
    off: Mapping[tuple[str, int, int], str],
    hint: str,
    provenance: str,
    how: str,
    heads: int,
    script: str,
    key: str,
) -> None:
    """Every head as a switch, coloured by what is lost without it; a press becomes the look's.

    Of the measures one at a time is on show; off are the heads that are switched off, counted from
    1, and how: "zero" or "mean". how is what a switch that is pressed puts in a head's place.
    script prints what is lost on this sentence, the first measure, without head `CELL`.
    """
    header = {
        "measures": [{"name": name, "of": of, "unit": unit} for name, of, unit, _ in measures],
        "off": [
            {"kind": kind, "layer": layer - 1, "head": head - 1, "how": way}
            for (kind, layer, head), way in off.items()
        ],
        "hint": hint,
        "script": script,
        "provenance": provenance,
    }
    arrays = {
        f"{kind}{place}": table[kind].astype(np.float32)
        for place, (_, _, _, table) in enumerate(measures)
        for kind in KINDS
    }
    mount("ablation")(
        data=pack(header, arrays),
        key=key,
        on_toggle_change=partial(_toggled, key, how, heads),
    )


def _toggled(key: str, how: str, heads: int, **also: str) -> None:
    asked = _asked(key, "toggle")
    kind, layer, head = (asked.get(name) for name in ("kind", "layer", "head"))
    if _kind(kind) and _count(layer) and (head is None or _count(head)):
        change_edits(lambda edits: with_head(edits, kind, layer, head, how, heads), **also)


def switch_on_show(heads: int) -> None:
    """The switch of the head on show was pressed; with no panel open, what comes of it is."""
    _toggled(HEADS, "zero", heads, **({} if read_look().panel else {"panel": "edit"}))


def row_view(
    *,
    weights: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    caption: str,
    provenance: str,
    tensor: str,
    dims: str,
    look: Look,
    key: str,
) -> None:
    """The rows of one head as bars to drag; what is written becomes the look's.

    weights (T, S) are those in force; rows and columns label them.
    """
    header = {
        "rows": [spelled(label) for label in rows],
        "columns": [spelled(label) for label in columns],
        "causal": look.kind == "decoder",
        "caption": caption,
        "provenance": provenance,
        "tensor": tensor,
        "dims": dims,
        "kind": look.kind,
        "layer": look.layer,
        "head": look.head,
    }
    mount("row")(
        data=pack(header, {"weights": weights.astype(np.float32)}),
        key=key,
        on_write_change=partial(_written, key),
    )


def _written(key: str) -> None:
    asked = _asked(key, "write")
    kind, weights = asked.get("kind"), asked.get("weights")
    layer, head, row = (asked.get(name) for name in ("layer", "head", "row"))
    if not (_kind(kind) and _count(layer) and _count(head) and _count(row)):
        return
    if isinstance(weights, list) and all(map(_weight, weights)) and any(weights):
        written = Row(kind, layer, head, row, tuple(map(float, weights)))
        change_edits(lambda edits: with_row(edits, written))


def _asked(key: str, name: str) -> dict[str, Any]:
    """What the browser sent with this run, empty where it is nothing that it may send."""
    asked = getattr(st.session_state.get(key), name, None)
    return asked if isinstance(asked, dict) else {}


def _kind(value: object) -> TypeGuard[str]:
    return value in KINDS


def _count(value: object) -> TypeGuard[int]:
    return type(value) is int and 1 <= value <= 9999


def _weight(value: object) -> bool:
    return isinstance(value, int | float) and 0 <= value < math.inf
