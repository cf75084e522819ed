"""What becomes of the positions of one side, and its text form for a link. Read without torch.

pos:encoder.shift=3            position p is read as p + 3
pos:encoder.stretch=0.5        position p is read as p / 2
pos:encoder.shuffle=7          the positions in another order, drawn with seed 7
pos:decoder.reverse            the positions in the opposite order
pos:decoder.freeze=4           all pieces at position 4
pos:decoder.scale=2            the vectors of the positions times 2
pos:decoder.remove             no positions: zeros in their place
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SIDES = ("encoder", "decoder")


@dataclass(frozen=True)
class Amount:
    """The number that a move asks for: its range, its step, and one that shows the move."""

    low: float
    high: float
    step: float
    usual: float


HOWS: dict[str, Amount | None] = {
    "shift": Amount(-10_000, 10_000, 1, 3),
    "stretch": Amount(0, 100, 0.25, 2),
    "shuffle": Amount(0, 9_999, 1, 1),
    "reverse": None,
    "freeze": Amount(0, 10_000, 1, 0),
    "scale": Amount(0, 100, 0.25, 2),
    "remove": None,
}
"""Each move, and the number that belongs to it."""

WHOLE = ("shuffle",)
PATTERN = re.compile(
    rf"pos:({'|'.join(SIDES)})\.({'|'.join(HOWS)})(?:=(-?[0-9]{{1,5}}(?:\.[0-9]{{1,2}})?))?"
)


@dataclass(frozen=True)
class Moved:
    """The positions of a side, changed: how is one of HOWS, amount the number it asks for."""

    side: str
    how: str
    amount: float = 0.0


def read_moved(side: str, how: str, amount: str | None) -> Moved | None:
    """The three parts of PATTERN as a move; None where the number is missing, out of its range, or
    one too many."""
    limits = HOWS[how]
    if (limits is None) != (amount is None):
        return None
    number = float(amount or 0) + 0.0  # -0 is 0
    fine = limits is None or limits.low <= number <= limits.high
    fine = fine and (how not in WHOLE or number.is_integer())
    return Moved(side, how, number) if fine else None


def format_moved(move: Moved) -> str:
    """The text that PATTERN reads."""
    amount = "" if HOWS[move.how] is None else f"={short(move.amount)}"
    return f"pos:{move.side}.{move.how}{amount}"


def short(amount: float) -> str:
    """A number with at most two decimals, and none that says nothing."""
    return f"{round(amount, 2) + 0.0:.2f}".rstrip("0").rstrip(".")  # -0 is 0


def in_words(move: Moved) -> str:
    """What the move does, without a full stop."""
    told = {
        "shift": f"shifted by {short(move.amount)}",
        "stretch": f"stretched {short(move.amount)} times",
        "shuffle": f"shuffled (seed {short(move.amount)})",
        "reverse": "reversed",
        "freeze": f"all {short(move.amount)}",
        "scale": f"scaled: their vectors are {short(move.amount)} times as long",
        "remove": "removed",
    }[move.how]
    return f"the {move.side}'s positions are {told}"
