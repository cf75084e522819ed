"""What if: switch off heads, hide or replace words, write attention, and see what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import streamlit as st

from pages.ui import edit_controls, edit_result
from pages.ui.catalogue import ModelInfo
from pages.ui.edit_result import note, whole
from pages.ui.errors import plain_errors
from pages.ui.layout import prose, provenance
from pages.ui.models import explain, load, translate
from pages.ui.pieces import readable
from pages.ui.results import Explained, Translation
from pages.ui.state import Look
from pages.ui.subject import what
from pages.ui.take_away import csv_button
from transformer.analysis.comparison import divergence, first_parting, head_changes, softmax

PAD, SOS = 0, 2
SHOWN = 6  # heads and pieces in a list


def edit_panel(look: Look, info: ModelInfo, explained: Explained) -> None:
    """The switches on the left, what comes of them on the right; look.edits are those that fit.

    explained is the pass on show, of which a row can be written.
    """
    text = prose("attention-edit")
    st.markdown(text["lead"])
    left, right = st.columns(2, gap="large")
    with plain_errors():
        before = translate(info, look.src)[0]
        with left:
            edit_controls.switches(look, info, before)
            edit_controls.source_pieces(look, info)
        with right:
            edit_controls.in_force(look, info)
            if look.edits:
                _compared(look, info, before)
    edit_controls.surgery(look, info, explained)


def _compared(look: Look, info: ModelInfo, before: Translation) -> None:
    """Both translations, the place where they part, and the heads that moved."""
    after = translate(info, look.src, "greedy", look.edits)[0]
    edit_result.translations(before.text, after.text, (note(before), note(after)))
    plain = explain(info, look.src, before.ids)
    edited = explain(info, look.src, before.ids, look.edits)
    _parting(info, before, after, plain, edited)
    moved = head_changes(plain.attention(), edited.attention())
    most = sorted(moved.items(), key=lambda item: -item[1])[:SHOWN]
    edit_result.moved_heads(
        "Heads whose attention moved most (layer.head)",
        [(edit_result.head_name(*head), bits) for head, bits in most],
    )
    text = prose("attention-edit")
    st.caption(text["moved"])
    csv_button(
        text["csv"],
        "before-and-after",
        f"{what(info, look.src)} · edits {look.edits}",
        _rows(info, before, after, plain, edited, moved),
    )
    logits = edited.tensors["output.logits"]
    provenance(look, info, "output.logits", edited.dims["output.logits"], logits.shape)


def _parting(
    info: ModelInfo, before: Translation, after: Translation, plain: Explained, edited: Explained
) -> None:
    """The next pieces where the two part; where they do not, where their probabilities do most."""
    probs = [softmax(run.tensors["output.logits"][0]) for run in (plain, edited)]
    place = first_parting(whole(before), whole(after))
    parted = place is not None
    if place is None:
        place = int(divergence(*probs).argmax())
    was, now = probs[0][place], probs[1][place]
    label, ids = load(info).tgt_tokenizer.label, _likeliest(was, now)
    told = readable(plain.tgt_pieces[place])
    edit_result.next_pieces(
        f"Where they part: the piece after {told}"
        if parted
        else f"No word changes; the odds move most for the piece after {told}",
        [label(number) for number in ids],
        was[ids],
        now[ids],
        (ids.index(_written(was)), ids.index(_written(now))),
    )


def _rows(
    info: ModelInfo,
    before: Translation,
    after: Translation,
    plain: Explained,
    edited: Explained,
    moved: Mapping[tuple[str, int, int], float],
) -> Iterator[Sequence[object]]:
    """Both translations; after each piece of the first one the likeliest next pieces of either
    pass; how far each head moved."""
    yield "what", "where", "as it is", "edited"
    yield "translation", "", before.text, after.text
    yield "log P, nats", "", before.log_prob, after.log_prob
    label = load(info).tgt_tokenizer.label
    probs = [softmax(run.tensors["output.logits"][0]) for run in (plain, edited)]
    for place, (was, now) in enumerate(zip(*probs, strict=True)):
        for number in _likeliest(was, now):
            piece = f"{plain.tgt_pieces[place]} -> {label(number)}"
            yield "next piece, probability", f"{place + 1}: {piece}", was[number], now[number]
    for (kind, layer, head), bits in moved.items():
        yield "attention moved, bits", f"{kind} {layer}.{head}", "", bits


def _likeliest(was: np.ndarray, now: np.ndarray) -> list[int]:
    """The ids of the likeliest pieces of either distribution, those of the first one first."""
    half = [np.argsort(-probs, kind="stable")[: SHOWN // 2 + 1].tolist() for probs in (was, now)]
    return list(dict.fromkeys([*half[0], *half[1]]))


def _written(probs: np.ndarray) -> int:
    """The piece that a decoder writes: the likeliest, but never [PAD] or [SOS], which no target
    has inside it."""
    return int(np.where(np.isin(np.arange(len(probs)), (PAD, SOS)), -1, probs).argmax())
