"""What if: other positions for the pieces of a sentence, and what the model makes of them."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from pages.ui import edit_result
from pages.ui.catalogue import ModelInfo
from pages.ui.edit_result import head_name, note, whole
from pages.ui.edited import fitting_edits
from pages.ui.errors import plain_errors
from pages.ui.lab_controls import controls, moves_of
from pages.ui.lab_heads import Head, chosen_head, looking, side_by_side, weights_of
from pages.ui.layout import notice, prose, provenance
from pages.ui.models import check_text, explain, translate
from pages.ui.pieces import readable
from pages.ui.results import Explained, Translation
from pages.ui.state import Look
from pages.ui.stepwise import all_done
from pages.ui.subject import what
from pages.ui.take_away import csv_button
from pages.ui.words import word_label, word_spans
from transformer.analysis.comparison import head_changes
from transformer.analysis.edits import format_edits, parse_edits
from transformer.analysis.losses import piece_losses
from transformer.analysis.position_edits import Moved, in_words, short

SHOWN = 6  # heads in the list of those that moved
_STYLE = """<style>
.dawn-places-title { margin: 0 0 0.3rem; font-size: 0.875rem; }
.dawn-places { display: flex; flex-wrap: wrap; gap: 6px 3px; margin: 0 0 0.4rem !important;
  padding: 0 !important; list-style: none; max-height: 9rem; overflow-y: auto; }
.dawn-places li { margin: 0 !important; padding: 2px 7px 3px !important; border-radius: 6px;
  text-align: center; background: rgb(138 130 150 / 0.14); }
.dawn-places b { display: block; font: 400 1.05rem/1.4 Newsreader, Georgia, serif; }
.dawn-places small { display: block; font-size: 0.75rem; opacity: 0.8;
  font-variant-numeric: tabular-nums; }
.dawn-places .moved { color: #dd5a36; opacity: 1; font-weight: 600; }
</style>"""


@dataclass(frozen=True)
class Before:
    """What is compared: two translations, and two passes that read the first of them."""

    own: Translation
    new: Translation
    plain: Explained
    edited: Explained

    def losses(self) -> tuple[list[str], np.ndarray, np.ndarray]:
        """The words of the first translation with their losses (W,) in either pass, in nats."""
        targets = whole(self.own)
        labels = [*self.plain.tgt_pieces[1:], "[EOS]"][: len(targets)]
        spans = word_spans(labels, [len(labels) - 1] if self.own.finished else [])
        words = [word_label(labels[start:end]).removeprefix(" ") for start, end in spans]
        starts = [start for start, _ in spans]
        sums = [
            np.add.reduceat(_losses(run, targets), starts) if starts else np.zeros(0)
            for run in (self.plain, self.edited)
        ]
        return [readable(word) for word in words], sums[0], sums[1]

    def moved(self) -> dict[Head, float]:
        """How far each head's weights moved in bits, the furthest first."""
        found = head_changes(self.plain.attention(), self.edited.attention())
        return dict(sorted(found.items(), key=lambda item: -item[1]))


def _losses(run: Explained, targets: Sequence[int]) -> np.ndarray:
    return piece_losses(run.tensors["output.logits"][0][: len(targets)], targets)[0]


def lab_panel(look: Look, info: ModelInfo) -> None:
    """What can be done to the positions, and below it what comes of it."""
    text = prose("positions-lab")
    st.markdown(text["lead"])
    with plain_errors():
        kept, misfits = fitting_edits(info, look.src, look.edits)
        for misfit in misfits:
            notice(misfit)
        controls(kept, text)
        moves = moves_of(kept)
        if len(moves) < len(parse_edits(kept)[0]):
            st.caption(text["others"])
        check_text(info, look.src)
        if not moves:
            st.markdown(text["none"])
            return
        pair = _pair(info, look.src, format_edits(list(moves.values())), text)
    if pair:
        _compared(look, info, pair, list(moves.values()), text)


def _pair(info: ModelInfo, src: str, edits: str, text: Mapping[str, str]) -> Before | None:
    """Both translations and both passes; None where a person has stopped them."""
    own = partial(translate, info, src)
    new = partial(translate, info, src, "greedy", edits)

    def read(under: str = "") -> Explained:
        return explain(info, src, own()[0].ids, under)

    steps: list[Callable[[], object]] = [own, new, read, partial(read, edits)]
    if not all_done("lab", text["reading"], steps, (info.key, src, edits)):
        return None
    return Before(own()[0], new()[0], read(), read(edits))


def _compared(
    look: Look, info: ModelInfo, pair: Before, moves: Sequence[Moved], text: Mapping[str, str]
) -> None:
    words, before, after = pair.losses()
    moved = pair.moved()
    with st.container(key="dawn-verdict"):
        st.markdown(verdict(moves, before, after))
    for move in moves:
        pieces = pair.plain.src_pieces if move.side == "encoder" else pair.plain.tgt_pieces
        st.html(_places(move, pieces))
    left, right = st.columns(2, gap="large")
    with left:
        edit_result.translations(pair.own.text, pair.new.text, (note(pair.own), note(pair.new)))
        edit_result.moved_heads(
            "Heads whose attention moved most (layer.head)",
            [(head_name(*head), bits) for head, bits in list(moved.items())[:SHOWN]],
        )
        st.caption(text["moved"])
    with right:
        edit_result.word_losses("Loss of each word, nats", words, before, after)
        st.caption(text["losses"])
    heads = looking(info, pair.plain)
    st.markdown(text["heads"])
    head = chosen_head(look, heads, text["head"])
    side_by_side(head, pair.plain, pair.edited)
    edits = format_edits(moves)
    csv_button(
        text["csv"],
        "other-positions",
        f"{what(info, look.src)} · edits {edits}",
        rows_of(pair, head),
    )
    names = [f"{side}_positions.encoding" for side in ("src", "tgt")]
    sides = [names[move.side == "decoder"] for move in moves]
    tensor = pair.edited.tensors[sides[0]]
    provenance(look, info, " and ".join(sides), pair.edited.dims[sides[0]], tensor.shape)


def verdict(moves: Sequence[Moved], before: np.ndarray, after: np.ndarray) -> str:
    """What was done and what it costs, in Markdown."""
    done = " and ".join(map(in_words, moves))
    was, now = float(before.sum()), float(after.sum())
    if np.array_equal(before, after):
        return f"Now {done}: **nothing changes**."
    change = "more" if now > was else "less"
    return (
        f"Now {done}. The model's own translation cost it {was:.1f} nats and costs **{now:.1f}** "
        f"now, {abs(now - was):.1f} {change}."
    )


def _places(move: Moved, pieces: Sequence[str]) -> str:
    """The pieces with the position that each is read at, in place of its own."""
    from transformer.analysis.positions_edited import places

    items = []
    for own, (piece, place) in enumerate(zip(pieces, places(move, len(pieces)), strict=True)):
        told = "none" if move.how == "remove" else short(float(place)).replace("-", "−")
        name = ' class="moved"' if move.how == "remove" or float(place) != own else ""
        items.append(
            f'<li title="its own position is {own}"><b dir="auto">{html.escape(readable(piece))}'
            f"</b><small{name}>{told}</small></li>"
        )
    label = f"What the {move.side} reads, and the position of each piece now"
    return (
        f'{_STYLE}<p class="dawn-places-title">{label}</p>'
        f'<ol class="dawn-places" tabindex="0" aria-label="{label}">{"".join(items)}</ol>'
    )


def rows_of(pair: Before, head: Head) -> Iterator[Sequence[object]]:
    """Both translations, the loss of each word, how far each head moved, the weights of one."""
    yield "what", "where", "as it is", "edited"
    yield "translation", "", pair.own.text, pair.new.text
    yield "log P, nats", "", pair.own.log_prob, pair.new.log_prob
    for place, (word, was, now) in enumerate(zip(*pair.losses(), strict=True), 1):
        yield "loss, nats", f"{place}: {word}", was, now
    for one, bits in pair.moved().items():
        yield "attention moved, bits", head_name(*one), "", bits
    tables = zip(weights_of(pair.plain, head), weights_of(pair.edited, head), strict=True)
    for row, (was_row, now_row) in enumerate(tables, 1):
        for column, (was, now) in enumerate(zip(was_row, now_row, strict=True), 1):
            yield "weight", f"{head_name(*head)}, row {row}, column {column}", was, now
