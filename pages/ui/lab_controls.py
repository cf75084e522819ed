"""What a person does to the positions: whose, what becomes of them, and by how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui.kept import Kept, one_of
from pages.ui.state import change_edits
from transformer.analysis.edits import format_edits, parse_edits
from transformer.analysis.position_edits import HOWS, SIDES, WHOLE, Amount, Moved

_SIDE, _HOW = "positions.whose", "lab.how"
WHOSE = {"encoder": "Encoder", "decoder": "Decoder", "both": "Both"}
WHAT = {
    "": "As they are",
    "shift": "Shift",
    "shuffle": "Shuffle",
    "reverse": "Reverse",
    "stretch": "Stretch",
    "freeze": "Freeze",
    "scale": "Scale",
    "remove": "Remove",
}
FIRST = "encoder"
NEAR = {"shift": (-32, 32), "stretch": (0, 4), "freeze": (0, 32), "scale": (0, 4)}
"""How far a slider goes, unless a link asks for more."""


def controls(edits: str, text: Mapping[str, str]) -> None:
    """The three choices, as the edits have them; a change of one becomes the look's."""
    moves = moves_of(edits)
    first = next(iter(moves.values()), None)
    kept = Kept("positions")
    whose = kept.bound("whose", FIRST, one_of(WHOSE))
    kept.tell()
    if moves:  # then the edits say whose
        whose["on_change"] = _commit
        st.session_state[whose["key"]] = "both" if len(moves) > 1 else next(iter(moves))
    st.session_state[_HOW] = first.how if first else ""
    with st.container(horizontal=True, gap="large"):
        _one_of(text["whose"], WHOSE, **whose)
        _one_of(text["what"], WHAT, key=_HOW, on_change=_commit)
    if first:
        st.caption(text[first.how])
        if limits := HOWS[first.how]:
            _amount(first, limits, text)


def moves_of(edits: str) -> dict[str, Moved]:
    """The moves among the edits by their side."""
    return {edit.side: edit for edit in parse_edits(edits)[0] if isinstance(edit, Moved)}


def with_moves(edits: str, sides: Sequence[str], how: str, amount: float) -> str:
    """The edits with the positions of these sides moved, and of no other; how "" moves none."""
    kept = [edit for edit in parse_edits(edits)[0] if not isinstance(edit, Moved)]
    number = amount if HOWS.get(how) else 0.0
    moves = [Moved(side, how, number) for side in sides] if how else []
    return format_edits([*kept, *moves])


def _one_of(label: str, names: Mapping[str, str], **bound: Any) -> None:
    st.segmented_control(label, list(names), format_func=names.__getitem__, required=True, **bound)


def _amount(move: Moved, limits: Amount, text: Mapping[str, str]) -> None:
    """The number that a move asks for: a slider, or a field where only its being another counts."""
    key, label = _key(move.how), text[f"{move.how} amount"]
    whole = limits.step == 1 and move.amount.is_integer()
    cast = int if whole else float
    st.session_state[key] = cast(move.amount)
    if move.how in WHOLE:
        low, high = cast(limits.low), cast(limits.high)
        st.number_input(label, low, high, step=1, key=key, on_change=_commit, width=160)
        return
    low, high = NEAR[move.how]
    low, high = cast(min(low, move.amount)), cast(max(high, move.amount))
    step = cast(limits.step) if whole else 0.25
    st.slider(label, low, high, step=step, key=key, on_change=_commit, width=420)


def _commit() -> None:
    side, how = st.session_state[_SIDE], st.session_state[_HOW]
    limits = HOWS.get(how)
    amount = st.session_state.get(_key(how), limits.usual) if limits else 0.0
    sides = SIDES if side == "both" else (side,)
    change_edits(
        lambda edits: with_moves(edits, sides, how, float(amount)),
        **Kept("positions").changed(whose=(side, FIRST)),
    )


def _key(how: str) -> str:
    """Of a field for each move, because their ranges differ."""
    return f"lab.amount.{how}"
