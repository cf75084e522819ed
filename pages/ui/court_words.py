"""What a hearing found, in one sentence of Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from pages.ui.court import Hearing
from pages.ui.prose import escape_markdown

RAW = 0  # raw attention, the method that the others are held against


def verdict(hearing: Hearing, piece: str) -> str:
    """Who names first what the model needed for `piece`, its characters as they are to be read."""
    said = f"For **{escape_markdown(piece)}**"
    full, bare = hearing.curves[0, 0], hearing.curves[0, -1]
    if not full:
        return (
            f"{said} the model's probability is too small for a number, so no curve can fall: "
            "choose a piece that it holds possible."
        )
    if hearing.hidden[-1] == 1:
        return (
            f"{said} there is one piece to hide, so every order is the same: without it the "
            f"probability goes from {chance_of(full)} to {chance_of(bare)}."
        )
    if hearing.chance_wins():
        return (
            f"{said}, no method does better than chance: hiding pieces in a random order takes "
            f"the probability of {chance_of(full)} down as fast as hiding those that any of them "
            "names first."
        )
    best = hearing.best()
    what = f"what {named(hearing, best)} first"
    needed = [after(hearing, hearing.curves[number]) for number in best]
    if needed[0] is None:
        low = hearing.curves[best[0]].min()
        return (
            f"{said}, hiding {what} lowers its probability of {chance_of(full)} fastest, yet to no "
            f"less than {chance_of(low)}: the model does not need what was hidden."
        )
    point = hearing.hidden.index(needed[0])
    fall = f"from {chance_of(full)} to {chance_of(hearing.curves[best[0], point])}"
    return (
        f"{said}, hiding {what} takes its probability {fall} after {pieces(needed[0])}. To halve "
        f"it, {others(hearing, best)}."
    )


def named(hearing: Hearing, best: Sequence[int]) -> str:
    """As "**relevance** names", "**rollout** and **relevance** (a tie) name"."""
    if len(best) == len(hearing.names):
        return f"all {len(best)} methods name"
    names = listed([f"**{hearing.names[number]}**" for number in best])
    return f"{names} names" if len(best) == 1 else f"{names} (a tie) name"


def others(hearing: Hearing, best: Sequence[int]) -> str:
    """How many pieces raw attention and chance need for the same, unless raw attention won."""
    told = []
    if RAW not in best:
        told.append(needs(hearing.names[RAW], after(hearing, hearing.curves[RAW])))
    return " and ".join([*told, needs("chance", after(hearing, hearing.chance.mean(0)))])


def needs(name: str, count: int | None) -> str:
    """ "chance needs 3 pieces"."""
    return f"{name} needs {pieces(count)}" if count else f"{name} is never enough"


def after(hearing: Hearing, curve: Sequence[float]) -> int | None:
    """How many pieces are hidden where this curve has halved, None where it never does."""
    from transformer.analysis.deletion import halved

    return halved(hearing.hidden, [float(p) for p in curve])


def pieces(count: int) -> str:
    """ "1 piece", "2 pieces"."""
    return f"{count} piece{'' if count == 1 else 's'}"


def listed(names: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([*([", ".join(names[:-1])] if names[:-1] else []), *names[-1:]])


def chance_of(probability: float) -> str:
    """A probability with two digits that say something: 0.83, 0.0042, below 0.0001."""
    if probability < 1e-4:
        return "below 0.0001"
    return f"{probability:.2f}" if probability >= 0.01 else f"{probability:.4f}"
