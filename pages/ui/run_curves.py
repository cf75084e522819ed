"""Which curves of a run are drawn where, in which colour."""

from __future__ import annotations

from pages.figures.curves import Curve, Panel, growing_end, panels_data
from pages.ui.components import mount, pack
from pages.ui.runs import Reading
from pages.ui.theme import HELD_OUT, TRAINING

LESSON_LOSS = 3.5
"""The course asks for a mean training loss of at most this."""

_LOSS = (
    ("train/loss", "each point", TRAINING, "faint", "loss"),
    ("mean/loss", "training loss, mean of 25 points", TRAINING, "line", "loss"),
    ("mean/nll", "training NLL, mean of 25", TRAINING, "dotted", "nll"),
    ("epoch/loss", "mean of an epoch", TRAINING, "points", "epoch"),
    ("val/nll", "held-out NLL", HELD_OUT, "points", "held-out"),
)
_RATE = (("lr", "learning rate", TRAINING, "line", "rate"),)
_SPEED = (("tokens_per_second", "tokens/s", TRAINING, "line", "speed"),)
_SCORES = (
    ("val/bleu", "BLEU", HELD_OUT, "points", "bleu"),
    ("val/chrf", "chrF", TRAINING, "points", "chrf"),
)


def curves_blob(reading: Reading, run: str, *, alive: bool) -> bytes:
    """Loss with the lesson's mark, learning rate, speed and scores, packed for the browser."""
    step = max(reading.step or 0, 1)
    panels = [
        Panel("Loss", _curves(reading, _LOSS), 3, (LESSON_LOSS, f"the lesson’s {LESSON_LOSS}")),
        Panel("Learning rate", _curves(reading, _RATE), None),
        Panel("Tokens a second", _curves(reading, _SPEED), 0),
        Panel("Scores", _curves(reading, _SCORES), 1),
    ]
    return pack(*panels_data(panels, end=growing_end(step) if alive else step, run=run))


def curves_view(blob: bytes, *, key: str) -> None:
    """The curves, growing in place: what a person zoomed or hid stays when the blob changes."""
    mount("curves")(data=blob, key=key)


def _curves(reading: Reading, wanted: tuple[tuple[str, str, str, str, str], ...]) -> list[Curve]:
    found = []
    for name, label, colour, style, group in wanted:
        if name in reading.curves:
            gaps = None if name.startswith("mean/") else reading.gaps.get(name)
            found.append(Curve(label, *reading.curves[name], colour, style, gaps, group))
    return found
