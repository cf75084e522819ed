"""The attention view: every head of a model on one sentence, in the browser."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from pages.ui.components import AXES, mount, pack
from pages.ui.pieces import spelled
from pages.ui.words import word_label, word_spans


@dataclass(frozen=True)
class Beside:
    """What is told beside the weights, where there is any.

    norms maps a kind to |v W_O| of its columns (L, H, columns), so that the browser can weigh by
    it. roles is what `pages.ui.roles` tells of the heads of each kind. script prints a number of
    these weights, `CELL` of pages/ui/script.py. off are the heads that are switched off, (kind,
    layer, head) counted from 1; None where none can be, else on_toggle is called once the person
    has pressed the switch of the head on show. captions say what a kind is where it is another
    than in an encoder-decoder.
    """

    norms: Mapping[str, np.ndarray] = field(default_factory=dict)
    roles: Mapping[str, Any] = field(default_factory=dict)
    script: str = ""
    off: Collection[tuple[str, int, int]] | None = None
    on_toggle: Callable[[], None] | None = None
    captions: Mapping[str, str] = field(default_factory=dict)


def attention_view(
    *,
    src_pieces: list[str],
    tgt_pieces: list[str],
    arrays: dict[str, np.ndarray],
    provenance: str,
    choice: dict[str, Any],
    key: str,
    beside: Beside | None = None,
    address: str = "heads",
) -> dict[str, Any] | None:
    """Every head of a model's attention on one sentence, in the browser.

    `arrays` maps a kind ("encoder", "decoder", "cross") to weights (L, H, rows, columns), sent as
    float16. Rows and columns of a kind are labelled by the pieces in `AXES`, specials included:
    [EOS] ends the source, [SOS] begins the target. `choice` is the page's own {kind, layer, head},
    layer and head counted from 1 as in the look. `address` is the parameter that holds what is set
    and locked in the view; two on one page have two.

    Returns {kind, layer, head} once, in the run in which the person has chosen another head, else
    None: so Back in the browser is not undone by an old choice.

    Raises ValueError when an array does not fit its pieces.
    """
    beside = beside or Beside()
    _check_shapes(src_pieces, tgt_pieces, arrays, beside.norms)
    seen_key = f"{key}:seen"
    seen = st.session_state.get(seen_key, 0)
    committed = (st.session_state.get(key) or {}).get("choice") or {}
    number = committed.get("n", 0)
    chosen = _valid_choice(committed, arrays) if number > seen else None
    header = {
        "src": [spelled(piece) for piece in src_pieces],
        "tgt": [spelled(piece) for piece in tgt_pieces],
        "sides": {
            "src": _side(src_pieces, [len(src_pieces) - 1] if src_pieces[-1] == "[EOS]" else []),
            "tgt": _side(tgt_pieces, [0] if tgt_pieces[0] == "[SOS]" else []),
        },
        "roles": dict(beside.roles),
        "provenance": provenance,
        "script": beside.script,
        "captions": dict(beside.captions),
        "address": address,
        "off": None
        if beside.off is None
        else [[kind, layer - 1, head - 1] for kind, layer, head in beside.off],
        "choice": _counted(chosen or choice, -1),
        "seen": max(number, seen),
    }
    sent = {name: _past(array) if name == "decoder" else array for name, array in arrays.items()}
    blob = {name: np.asarray(array, np.float16) for name, array in sent.items()}
    # A weight is at most 1; a length knows no limit, and beyond 65,504 a half is infinite.
    for kind, array in beside.norms.items():
        blob[f"{kind}_norms"] = np.asarray(array, np.float32)
    mount("attention")(
        data=pack(header, blob),
        key=key,
        on_choice_change=_keep,
        on_toggle_change=beside.on_toggle or _keep,
    )
    st.session_state[seen_key] = header["seen"]
    return chosen


def _past(weights: np.ndarray) -> np.ndarray:
    """What a row of the decoder may look at, row after row: (L, H, T, T) -> (L, H, T (T + 1) / 2).
    The future, always 0, does not travel."""
    rows, columns = np.tril_indices(weights.shape[2])
    return weights[:, :, rows, columns]


def _side(pieces: list[str], special: list[int]) -> dict[str, Any]:
    """What the browser needs to join the pieces of a side to words, and to leave out specials."""
    spans = word_spans(pieces, special)
    words = [spelled(word_label(pieces[first:end])) for first, end in spans]
    return {"special": special, "spans": spans, "words": words}


def _keep() -> None:
    """A callback has to exist for a component's state to be kept between runs."""


def _check_shapes(
    src: list[str],
    tgt: list[str],
    arrays: Mapping[str, np.ndarray],
    norms: Mapping[str, np.ndarray],
) -> None:
    pieces = {"src": src, "tgt": tgt}
    if not arrays:
        raise ValueError("The attention view needs at least one of " + ", ".join(AXES) + ".")
    for kind, array in arrays.items():
        if kind not in AXES:
            raise ValueError(f"There is no attention {kind!r}: use one of {', '.join(AXES)}.")
        wanted = tuple(len(pieces[axis]) for axis in AXES[kind])
        if array.ndim != 4 or array.shape[2:] != wanted or 0 in array.shape:
            raise ValueError(
                f"{kind} attention has shape {array.shape}: its last two sizes must be {wanted}, "
                "one row and one column for each piece."
            )
        if kind in norms and norms[kind].shape != (*array.shape[:2], wanted[1]):
            raise ValueError(
                f"The norms of {kind} attention have shape {norms[kind].shape}: there must be one "
                "for each head and column."
            )


def _valid_choice(
    choice: Mapping[str, Any], arrays: Mapping[str, np.ndarray]
) -> dict[str, Any] | None:
    """The browser's choice, counted from 1, if it named a head that exists, else None."""
    kind, layer, head = (choice.get(name) for name in ("kind", "layer", "head"))
    if not isinstance(kind, str) or kind not in arrays:
        return None
    # bool is an int to Python, not to a person: hence no isinstance.
    if type(layer) is not int or type(head) is not int:
        return None
    layers, heads = arrays[kind].shape[:2]
    if not (0 <= layer < layers and 0 <= head < heads):
        return None
    return _counted({"kind": kind, "layer": layer, "head": head}, 1)


def _counted(choice: Mapping[str, Any], step: int) -> dict[str, Any]:
    """People count layers and heads from 1, arrays and tensor names from 0."""
    layer, head = choice["layer"] + step, choice["head"] + step
    return {"kind": choice["kind"], "layer": layer, "head": head}
