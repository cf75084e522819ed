"""The edits of a look: which of them fit, what they do in words, and one more or one fewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.layout import notice
from pages.ui.models import check_text, load, tokenize, translate
from pages.ui.pieces import readable
from pages.ui.state import Look
from transformer.analysis import position_edits
from transformer.analysis.edits import (
    Edited,
    Hide,
    Off,
    Row,
    Swap,
    edited_source,
    fit_edits,
    format_edits,
    parse_edits,
)

KIND_WORDS = {"encoder": "encoder", "decoder": "decoder", "cross": "cross-attention"}


def told_edits(look: Look, info: ModelInfo, lead: str) -> Look:
    """The look with those of its edits that fit; a notice says which they are, `lead` before them,
    which do not fit, and which change nothing. Raises `LookError` for a text that is blank or too
    long."""
    kept, told = fitting_edits(info, look.src, look.edits)
    told += unreached_rows(replace(look, edits=kept), info)
    with st.container():  # there with and without notices: what moves in the page is mounted anew
        for sentence in told:
            notice(sentence)
        if kept:
            notice(lead, points=in_words(info, look.src, kept))
    return replace(look, edits=kept)


def fitting_edits(info: ModelInfo, text: str, edits: str) -> tuple[str, list[str]]:
    """The edits that this model and this sentence have room for, in their text form, and one
    sentence for each other. Raises `LookError` for a text that is blank or too long."""
    if not edits:
        return "", []
    from transformer.analysis.interventions import source_pieces

    check_text(info, text)
    asked, notices = parse_edits(edits)[0], []
    typed, encode = source_pieces(load(info), text)
    if len(edited_source(typed, asked, encode)[0]) > info.max_tokens:
        asked = tuple(edit for edit in asked if not isinstance(edit, Swap))
        notices = [
            f"The replacements make the source longer than {info.max_tokens} tokens: none is made."
        ]
    sources = len(edited_source(typed, asked, encode)[0])
    kept, told = fit_edits(asked, info.layers, info.heads, len(typed), sources)
    return format_edits(kept), notices + told


def unreached_rows(look: Look, info: ModelInfo) -> list[str]:
    """One sentence for each row that is written and that the target is too short to have; the
    edits of the look are those that fit."""
    written = [e for e in parse_edits(look.edits)[0] if isinstance(e, Row) and e.kind != "encoder"]
    if not written:
        return []
    if look.tgt and look.tgt.strip():
        ids = tokenize(info, look.tgt, "tgt").ids
    else:
        ids = translate(info, look.src, "greedy", look.edits)[0].ids
    rows = len(ids) + 1  # of the pieces, and of [SOS] before them
    return [
        f"{_row_words(e).capitalize()}, is written by hand, but this translation has only {rows} "
        f"row{'s' * (rows > 1)}, so that changes nothing."
        for e in written
        if e.row > rows
    ]


def in_words(info: ModelInfo, text: str, edits: str) -> list[str]:
    """What each edit does, a sentence each without its full stop. Plain text: escape it."""
    labels = [*tokenize(info, text).labels, "[EOS]"]
    return [_words(edit, labels) for edit in parse_edits(edits)[0]]


def _words(edit: Edited, labels: Sequence[str]) -> str:
    if isinstance(edit, Hide):
        return f"nobody may look at piece {edit.place}, {readable(labels[edit.place - 1])}"
    if isinstance(edit, Swap):
        return f"piece {edit.place}, {readable(labels[edit.place - 1])}, is replaced by {edit.text}"
    if isinstance(edit, position_edits.Moved):
        return position_edits.in_words(edit)
    if isinstance(edit, Row):
        return f"{_row_words(edit)}, is written by hand"
    layer = f"{KIND_WORDS[edit.kind]} layer {edit.layer}"
    heads = f"all heads of {layer} are" if edit.head is None else f"{layer}, head {edit.head}, is"
    return f"{heads} {'at the mean' if edit.how == 'mean' else 'off'}"


def _row_words(edit: Row) -> str:
    return f"row {edit.row} of {KIND_WORDS[edit.kind]} layer {edit.layer}, head {edit.head}"


def with_head(edits: str, kind: str, layer: int, head: int | None, how: str, heads: int) -> str:
    """The edits with a head (or with None a whole layer) switched off, or on where it was off.

    Switching on one head of a layer that is off as a whole leaves its other heads off.
    """
    parts = list(parse_edits(edits)[0])
    there = [e for e in parts if isinstance(e, Off) and (e.kind, e.layer) == (kind, layer)]
    whole = next((e for e in there if e.head is None), None)
    own = [e for e in there if e.head == head]
    if head is None:
        parts = [e for e in parts if e not in there] + (
            [] if whole else [Off(kind, layer, None, how)]
        )
    elif whole:
        others = [h for h in range(1, heads + 1) if h != head]
        parts = [e for e in parts if e not in there]
        parts += [Off(kind, layer, other, whole.how) for other in others]
    else:
        parts = [e for e in parts if e not in own] if own else [*parts, Off(kind, layer, head, how)]
    return format_edits(parts)


def with_how(edits: str, how: str) -> str:
    """The edits with every head that is off at zero, or at its mean."""
    parts = parse_edits(edits)[0]
    return format_edits(
        [Off(e.kind, e.layer, e.head, how) if isinstance(e, Off) else e for e in parts]
    )


def with_hidden(edits: str, places: Sequence[int], count: int) -> str:
    """The edits with these of `count` source pieces hidden, counted from 1, and no other of them. A
    piece that a longer sentence has stays hidden in that one."""
    parts = parse_edits(edits)[0]
    kept = [e for e in parts if not isinstance(e, Hide) or e.place in places or e.place > count]
    hidden = {e.place for e in kept if isinstance(e, Hide)}
    return format_edits([*kept, *(Hide(place) for place in places if place not in hidden)])


def with_swap(edits: str, place: int, text: str) -> str:
    """The edits with a source piece replaced; with a blank text it is as it was typed."""
    parts = [e for e in parse_edits(edits)[0] if not (isinstance(e, Swap) and e.place == place)]
    return format_edits([*parts, Swap(place, text.strip())] if text.strip() else parts)


def with_row(edits: str, row: Row) -> str:
    """The edits with one row of a head written, in place of what was written there before."""
    where = (row.kind, row.layer, row.head, row.row)
    parts = [
        e for e in parse_edits(edits)[0]
        if not (isinstance(e, Row) and (e.kind, e.layer, e.head, e.row) == where)
    ]  # fmt: skip
    return format_edits([*parts, row])


def without_last(edits: str) -> str:
    """The edits before the last of them was made."""
    return format_edits(parse_edits(edits)[0][:-1])


def heads_off(edits: str, heads: int) -> dict[tuple[str, int, int], str]:
    """Each head that is switched off, counted from 1, and how: "zero" or "mean"."""
    found = {}
    for edit in parse_edits(edits)[0]:
        if isinstance(edit, Off):
            for head in range(1, heads + 1) if edit.head is None else [edit.head]:
                found[edit.kind, edit.layer, head] = edit.how
    return found
