"""Which curves of a run are drawn where, in which colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.figures.curves import LESSON_LOSS, Curve, curve_figure
from pages.ui.theme import HELD_OUT, SPEED, TRAINING

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pages.ui.runs import Reading

_LOSS = (
    ("train/loss", "loss of each update", TRAINING, "faint"),
    ("mean/loss", "train loss, mean of 25", TRAINING, "line"),
    ("mean/nll", "train NLL, mean of 25", TRAINING, "dotted"),
    ("epoch/loss", "mean of an epoch", TRAINING, "points"),
    ("val/nll", "held-out NLL", HELD_OUT, "points"),
)
_SMALL = {
    "rate": (("lr", "learning rate", SPEED, "line"),),
    "speed": (("tokens_per_second", "tokens/s", SPEED, "line"),),
    "scores": (
        ("val/bleu", "BLEU", HELD_OUT, "points"),
        ("val/chrf", "chrF", TRAINING, "points"),
    ),
}
SMALL = {"rate": "Learning rate", "speed": "Tokens a second", "scores": "BLEU and chrF"}
_NUMBERS = {"rate": ".2e", "speed": ",.0f", "scores": ".1f"}


def loss_curves(reading: Reading, step: int, end: int | None) -> go.Figure:
    """The loss per target token in training and on held-out pairs, with the lesson's mark."""
    return curve_figure(
        _curves(reading, _LOSS),
        last_step=step,
        end=end,
        height=340,
        mark=(LESSON_LOSS, f"the lesson’s {LESSON_LOSS}"),
    )


def small_curves(name: str, reading: Reading, step: int, end: int | None) -> go.Figure:
    """rate, speed or scores."""
    curves = _curves(reading, _SMALL[name])
    number = _NUMBERS[name]
    return curve_figure(
        curves, last_step=step, end=end, height=170, legend=len(_SMALL[name]) > 1, number=number
    )


def _curves(reading: Reading, wanted: tuple[tuple[str, str, str, str], ...]) -> list[Curve]:
    return [
        Curve(
            label,
            *reading.curves[name],
            colour,
            style,
            None if name.startswith("mean/") else reading.gaps.get(name),
        )
        for name, label, colour, style in wanted
        if name in reading.curves
    ]
