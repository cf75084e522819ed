"""The canvas components of the pages about words: the pieces with their rows, and the map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from pages.ui.components import mount, pack
from pages.ui.pieces import kind, segments, spelled, visible
from pages.ui.results import Tokens

MAX_ROWS = 64
MAX_SOUGHT = 60  # characters that the map's field takes
MAP_KINDS = ("start", "inside", "byte", "special", "unknown")
LEGEND = {
    "byte": "dashed: a single byte of a character",
    "shared": "boxed integers: one character became several pieces",
    "unknown": "hatched: not in the vocabulary, so [UNK] stands for it",
}


def tokens_view(
    tokens: Tokens, matrix: np.ndarray, *, byte_level: bool, title: str, lead: str, key: str
) -> None:
    """A text in coloured pieces with their integers, and the row of the embedding for each.

    matrix is the embedding (V, D). Each distinct piece has one row, at most `MAX_ROWS` of them.
    title and lead stand above the rows, in plain text.
    """
    distinct = list(dict.fromkeys(tokens.ids))
    place = {number: row for row, number in enumerate(distinct)}
    labels = dict(zip(tokens.ids, tokens.labels, strict=True))
    found, rest = segments(tokens)
    kinds = {kind(n, labels[n], byte_level) for n in distinct}
    if any(len(segment.pieces) > 1 for segment in found):
        kinds.add("shared")
    drawn = distinct[:MAX_ROWS]
    header = {
        "segments": [
            {
                "gap": visible(segment.gap) if segment.gap else [],
                "text": visible(segment.text),
                "starts": tokens.labels[segment.pieces[0]].startswith(" "),
                "rows": [place[tokens.ids[piece]] for piece in segment.pieces],
            }
            for segment in found
        ],
        "rest": visible(rest) if rest else [],
        "pieces": [
            {"id": n, "label": spelled(labels[n]), "kind": kind(n, labels[n], byte_level)}
            for n in distinct
        ],
        "counts": counts(tokens),
        "output": {"text": tokens.source, "pieces": tokens.labels, "ids": tokens.ids},
        "legend": [LEGEND[name] for name in LEGEND if name in kinds],
        "title": title,
        "lead": lead,
        "limit": float(3 * matrix[:1024].std()),
    }
    rows = np.asarray(matrix[drawn], np.float32)
    mount("tokens")(data=pack(header, {"rows": rows}), key=key)


def counts(tokens: Tokens) -> list[tuple[str, str]]:
    """Characters, tokens, and tokens per word (what spaces part), put for reading."""
    words = len(tokens.source.split())
    found = [(len(tokens.source), "character"), (len(tokens.ids), "token"), (words, "word")]
    pairs = [(f"{count:,}", name if count == 1 else f"{name}s") for count, name in found]
    if words:
        pairs.append((f"{len(tokens.ids) / words:.2f}", "tokens per word"))
    return pairs


@dataclass(frozen=True)
class Counted:
    """How often each piece (V) occurs, and in what: "900 texts of some-corpus"."""

    times: Sequence[int]
    where: str


def map_view(
    points: np.ndarray | None,
    labels: Sequence[str],
    kinds: np.ndarray,
    *,
    own: Sequence[int],
    chosen: int,
    near: Sequence[int],
    cosines: Sequence[float],
    title: str,
    key: str,
    measure: str = "cosine",
    counted: Counted | None = None,
    script: str = "",
    cut: Callable[[str], Sequence[int]] = lambda text: (),
) -> int | None:
    """The vocabulary as points in the plane, to pan, zoom, search and choose from.

    points (V, 2), or None for search and neighbours alone; labels are readable, one a point; kinds
    (V,) are uint8, places in `MAP_KINDS`. own are the pieces of the person's sentence, near the
    neighbours of the chosen piece with their cosines, or distances where measure is "distance".
    Only with `counted` can points be as large as pieces are frequent. script is the Python that
    finds the neighbours again; cut gives the pieces of a text that no piece holds.

    Returns a piece once, in the run in which the person has chosen it, else None.
    """
    header = {
        "labels": list(labels),
        "kinds": list(MAP_KINDS),
        "own": [int(number) for number in own],
        "chosen": int(chosen),
        "near": [int(number) for number in near],
        "cosines": [round(float(cosine), 6) for cosine in cosines],
        "measure": measure,
        "counted": counted.where if counted else "",
        "script": script,
        "title": title,
        "cut": _pieces_of(getattr(st.session_state.get(key), "asked", None), cut),
    }
    arrays = {"kind": np.asarray(kinds, np.uint8)}
    if counted:
        arrays["counts"] = np.asarray(counted.times, np.uint32)
    if points is not None:
        arrays["points"] = np.asarray(points, np.float32)
    result = mount("map")(
        data=pack(header, arrays),
        key=key,
        on_choice_change=lambda: None,
        on_asked_change=lambda: None,
    )
    number = getattr(result, "choice", None)
    return number if type(number) is int and 0 <= number < len(labels) else None


def _pieces_of(asked: object, cut: Callable[[str], Sequence[int]]) -> dict[str, Any] | None:
    """What was looked for in vain, and each of its pieces once; None where nothing was."""
    if not isinstance(asked, str) or len(asked) > MAX_SOUGHT:
        return None
    return {"of": asked, "pieces": list(dict.fromkeys(map(int, cut(asked))))}


def kinds_of(labels: Sequence[str], byte_level: bool) -> np.ndarray:
    """The kind of each piece of a vocabulary, as places in `MAP_KINDS`: uint8 (V,)."""
    found = [MAP_KINDS.index(kind(n, label, byte_level)) for n, label in enumerate(labels)]
    return np.array(found, np.uint8)
