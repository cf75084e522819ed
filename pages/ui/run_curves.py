"""Which curves of a run are drawn where, in which colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from pages.figures.curves import Axis, Curve, Panel, growing_end, panels_data
from pages.ui.components import mount, pack
from pages.ui.runs import Reading, Series
from pages.ui.task_words import TRANSLATE, TaskWords
from pages.ui.theme import CROSS, HELD_OUT, TRAINING

LESSON_LOSS = 3.5
"""The course asks for a mean training loss of at most this."""

WIDTHS = (5, 25, 100, 400)
"""Points that a smoothed curve may be the mean of."""

_Wanted = tuple[str, str, str, str, str]
_RATE = (("lr", "learning rate", TRAINING, "line", "rate"),)
_NORM = (("gradient_norm", "gradient norm", TRAINING, "line", "norm"),)
_SPEED = (("tokens_per_second", "a second", TRAINING, "line", "speed"),)
_MACHINE = (
    ("machine/cpu", "CPU", TRAINING, "line", "cpu"),
    ("machine/memory", "memory", HELD_OUT, "line", "memory"),
    ("machine/gpu", "GPU", CROSS, "line", "gpu"),
)
_HELD = (
    ("machine/run_memory", "of the run", TRAINING, "line", "run memory"),
    ("machine/gpu_memory", "on the GPU", CROSS, "line", "GPU memory"),
)


def curves_blob(
    reading: Reading,
    means: Mapping[str, Series],
    run: str,
    *,
    width: int,
    alive: bool,
    words: TaskWords = TRANSLATE,
) -> bytes:
    """All panels of a run, packed for the browser; `means` are of `width` points."""
    step = max(reading.step or 0, 1)
    curves = {**reading.curves, **means}

    def small(title: str, wanted: tuple[_Wanted, ...], digits: int | None) -> Panel:
        return Panel(title, _curves(reading, curves, wanted), digits)

    loss = _curves(reading, curves, _loss(width))
    panels = [
        Panel("Loss", loss, 3, _marks(reading, words), log=True),
        small("Learning rate", _RATE, None),
        small("Gradient norm", _NORM, 2),
        small(f"{words.labels} a second", _SPEED, 0),
        small("Scores", _scores(words), 1 if words is TRANSLATE else 3),
        replace(small("Machine, per cent in use", _MACHINE, 0), limits=(0, 100)),
        small("Memory, GiB", _HELD, 2),
    ]
    if not alive:  # what never told a number never will
        panels = [panels[0], *(panel for panel in panels[1:] if panel.curves)]
    end = growing_end(step) if alive else step
    axes, labels = axes_of(reading, alive=alive), words.labels.lower()
    return pack(*panels_data(panels, end=end, run=run, axes=axes, labels=labels))


def curves_view(blob: bytes, *, key: str) -> None:
    """The curves, growing in place: what a person zoomed or hid stays when the blob changes."""
    mount("curves")(data=blob, key=key)


def smoothing(help: str) -> int:
    """How many points a mean is of, as the person has it."""
    with st.container(key="run-smoothing", horizontal=True, horizontal_alignment="right"):
        st.caption("Mean of so many points", help=help)
        chosen: int = st.segmented_control(
            "Mean of so many points",
            WIDTHS,
            default=25,
            required=True,
            key="curves.width",
            label_visibility="collapsed",
        )
    return chosen


def _loss(width: int) -> tuple[_Wanted, ...]:
    return (
        ("train/loss", "each point", TRAINING, "faint", "loss"),
        ("mean/loss", f"training loss, mean of {width} points", TRAINING, "line", "loss"),
        ("mean/nll", f"training NLL, mean of {width}", TRAINING, "dotted", "nll"),
        ("epoch/loss", "mean of an epoch", TRAINING, "points", "epoch"),
        ("val/nll", "held-out NLL", HELD_OUT, "points", "held-out"),
    )


def _scores(words: TaskWords) -> tuple[_Wanted, ...]:
    hues = (HELD_OUT, TRAINING, CROSS)
    return tuple(
        (metric, name, hue, "points", name.lower())
        for (metric, name, _), hue in zip(words.scores, hues, strict=False)
    )


def _marks(reading: Reading, words: TaskWords) -> list[tuple[float, str]]:
    """The lesson's loss, and the one that label smoothing lets no model come below."""
    marks = [(LESSON_LOSS, f"the lesson’s {LESSON_LOSS}")] if words.marked else []
    floors = [event.fields.get("loss_floor") for event in reading.alerts]
    told = [floor for floor in floors if isinstance(floor, int | float) and floor > 0]
    if told:
        marks.append((told[-1], f"floor of the smoothed loss {told[-1]:.2f}"))
    return marks


def axes_of(reading: Reading, *, alive: bool) -> dict[str, Axis]:
    """The tokens and seconds by each step, where the run told of them."""
    found: dict[str, Axis] = {}
    for name in ("tokens", "seconds"):
        if name in reading.curves:
            steps, values = reading.curves[name]
            last = float(values[-1])
            end = float(growing_end(last)) if alive else last
            found[name] = Axis(steps, values, end)
    return found


def _curves(
    reading: Reading, curves: Mapping[str, Series], wanted: tuple[_Wanted, ...]
) -> list[Curve]:
    found = []
    for name, label, colour, style, group in wanted:
        if name in curves and curves[name][0].size:
            gaps = reading.gaps.get(name)
            found.append(Curve(label, *curves[name], colour, style, gaps, group))
    return found
