"""What a person changes in a pass, and its text form for a link. Read without torch.

One part for each edit, parted by `;`. Layers, heads, rows and source pieces count from 1.

    off:encoder.1.2                zero: head 2 of encoder layer 1 adds nothing
    off:decoder.2                  zero: all heads of the self-attention of decoder layer 2
    mean:cross.3.1                 the head adds the mean of what it adds elsewhere
    row:cross.2.3.4=0.1,0.9,0      layer 2, head 3, row 4: these weights, brought to a sum of 1
    hide:3                         no piece may look at source piece 3
    swap:3=blue                    source piece 3 replaced by a text
    pos:encoder.shift=3            the positions of a side, see position_edits.py
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from transformer.analysis.position_edits import PATTERN, Moved, format_moved, read_moved

KINDS = ("encoder", "decoder", "cross")
LONGEST = 8_000  # characters of the text form; a link is not much longer
_NUMBER = r"([1-9]\d{0,5})"
_PATTERNS = {
    name: re.compile(pattern)
    for name, pattern in {
        "off": rf"(off|mean):(encoder|decoder|cross)\.{_NUMBER}(?:\.{_NUMBER})?",
        "row": rf"row:(encoder|decoder|cross)\.{_NUMBER}\.{_NUMBER}\.{_NUMBER}=([\d.,e+-]+)",
        "hide": rf"hide:{_NUMBER}",
        "swap": rf"swap:{_NUMBER}=(.+)",
        "pos": PATTERN,
    }.items()
}


@dataclass(frozen=True)
class Off:
    """A head switched off, or with head None all heads of a layer.

    how "zero" or "mean" is what stands in the place of the head's output.
    """

    kind: str
    layer: int
    head: int | None = None
    how: str = "zero"


@dataclass(frozen=True)
class Row:
    """The weights of one row (one query) of a head, written by hand."""

    kind: str
    layer: int
    head: int
    row: int
    weights: tuple[float, ...]


@dataclass(frozen=True)
class Hide:
    """A source piece that nobody may look at."""

    place: int


@dataclass(frozen=True)
class Swap:
    """A source piece replaced by a text, which may become several pieces."""

    place: int
    text: str


Edited = Off | Row | Hide | Swap | Moved


def parse_edits(text: str) -> tuple[tuple[Edited, ...], list[str]]:
    """The edits of a link, and one sentence for each part that is none."""
    if len(text) > LONGEST:
        return (), [f"The edits in this link are longer than {LONGEST:,} characters: none is made."]
    edits: list[Edited] = []
    notices = []
    for part in filter(None, text.split(";")):
        edit = _read(part)
        if edit is None:
            notices.append(f"“{part[:40]}” is no edit, so it is left out.")
        elif edit not in edits:
            edits.append(edit)
    return tuple(edits), notices


def _read(part: str) -> Edited | None:
    found = {name: pattern.fullmatch(part) for name, pattern in _PATTERNS.items()}
    if match := found["off"]:
        how, kind, layer, head = match.groups()
        return Off(
            kind, int(layer), int(head) if head else None, "mean" if how == "mean" else "zero"
        )
    if match := found["row"]:
        weights = _weights(match[5])
        return (
            Row(match[1], int(match[2]), int(match[3]), int(match[4]), weights) if weights else None
        )
    if match := found["hide"]:
        return Hide(int(match[1]))
    if match := found["swap"]:
        text = unquote(match[2], errors="replace").strip()
        return Swap(int(match[1]), text) if text else None
    if match := found["pos"]:
        return read_moved(*match.groups())
    return None


def _weights(text: str) -> tuple[float, ...] | None:
    """Numbers of 0 and more whose sum is more than 0, else None."""
    try:
        weights = tuple(map(float, text.split(",")))
    except ValueError:
        return None
    fine = all(0 <= weight < math.inf for weight in weights) and 0 < sum(weights) < math.inf
    return weights if fine else None


def format_edits(edits: Sequence[Edited]) -> str:
    """The text that `parse_edits` reads back as the same edits."""
    return ";".join(map(_part, edits))


def _part(edit: Edited) -> str:
    if isinstance(edit, Off):
        place = f"{edit.kind}.{edit.layer}" + (f".{edit.head}" if edit.head else "")
        return f"{'mean' if edit.how == 'mean' else 'off'}:{place}"
    if isinstance(edit, Row):
        weights = ",".join(f"{weight!r}".removesuffix(".0") for weight in edit.weights)
        return f"row:{edit.kind}.{edit.layer}.{edit.head}.{edit.row}={weights}"
    if isinstance(edit, Hide):
        return f"hide:{edit.place}"
    if isinstance(edit, Moved):
        return format_moved(edit)
    return f"swap:{edit.place}={quote(edit.text, safe=' ').strip()}"


def edited_source(
    ids: Sequence[int], edits: Sequence[Edited], encode: Callable[[int, str], Sequence[int]]
) -> tuple[list[int], list[list[int]]]:
    """The source ids with the replacements in them, and where each piece typed has gone.

    encode(place, text) gives the ids of a replacement, where there are none the piece stays; places
    of the result count from 0. Edits name pieces of the source as it was typed.
    """
    swaps = {edit.place: edit.text for edit in edits if isinstance(edit, Swap)}
    out: list[int] = []
    places = []
    for place, number in enumerate(ids, 1):
        new = (place in swaps and encode(place, swaps[place])) or [number]
        places.append(list(range(len(out), len(out) + len(new))))
        out += new
    return out, places


def fit_edits(
    edits: Sequence[Edited], layers: Mapping[str, int], heads: int, typed: int, sources: int
) -> tuple[tuple[Edited, ...], list[str]]:
    """The edits that a model and a sentence have room for, and one sentence for each other.

    layers by kind of attention; typed and sources are how many pieces the source has before and
    after its replacements, `[EOS]` included.
    """
    kept: list[Edited] = []
    notices = []
    for edit in edits:
        reason = _misfit(edit, layers, heads, typed, sources)
        hidden = sum(isinstance(other, Hide) for other in kept)
        if not reason and isinstance(edit, Hide) and hidden + 1 >= typed:
            reason = "one piece of the source has to stay in sight"
        if isinstance(edit, Moved) and any(
            isinstance(other, Moved) and other.side == edit.side for other in kept
        ):
            reason = f"the {edit.side}'s positions are changed already"
        if reason:
            notices.append(f"The edit “{_part(edit)[:40]}” is left out: {reason}.")
        else:
            kept.append(edit)
    return tuple(kept), notices


def _misfit(
    edit: Edited, layers: Mapping[str, int], heads: int, typed: int, sources: int
) -> str | None:
    """Why an edit cannot be made, without a full stop; None where it can."""
    if isinstance(edit, Moved):
        return None
    if isinstance(edit, Hide | Swap):
        last = typed if isinstance(edit, Hide) else typed - 1  # [EOS] can be hidden, not replaced
        return None if edit.place <= last else f"the source has no such piece {edit.place}"
    if edit.layer > layers[edit.kind]:
        return f"this model has no layer {edit.layer} there"
    if edit.head is not None and edit.head > heads:
        return f"this model has no head {edit.head}"
    if isinstance(edit, Off):
        return None
    wanted = edit.row if edit.kind == "decoder" else sources
    if edit.kind == "encoder" and edit.row > sources:
        return f"the source has no such piece {edit.row}"
    if len(edit.weights) != wanted:
        return f"it has {len(edit.weights)} weights where row {edit.row} now has {wanted}"
    return None
