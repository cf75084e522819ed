"""The head of a run: how it stands, how far it came, five numbers."""

from __future__ import annotations

import html
import time

import streamlit as st

from pages.ui.runs import Reading, last_step_of, seconds_left, seconds_trained
from pages.ui.task_words import TRANSLATE, words_of
from trainer.folder import Run
from trainer.runs import Status

QUIET = 10.0  # seconds of silence that need no mention
_PHASES = {
    "preparing data": "Preparing the training text.",
    "training": "Training.",
    "export": "Writing the model that you can look into.",
}


def run_head(run: Run, state: Status, reading: Reading) -> None:
    """Draw it; every place is there from the start, so nothing moves when a number comes."""
    steps = last_step_of(run, reading)
    step = state.step or reading.step or 0
    left = seconds_left(reading, steps) if state.state == "running" else None
    words = words_of(run)
    metric, score, form = next((s for s in words.scores if s[0] in reading.latest), words.scores[0])
    facts = (
        ("Step", f"{step:,}", f"of {steps:,}" if steps else ""),
        ("Loss", _number(reading, "mean/loss", ".3f"), "mean of 25 points"),
        ("Held-out NLL", _number(reading, "val/nll", ".3f"), _at(reading, "val/nll")),
        (score, _number(reading, metric, form), _at(reading, metric)),
        (
            "Trained for",
            duration(seconds_trained(run, state)),
            f"about {duration(left)} left" if left is not None else "",
        ),
    )
    tiles = "".join(
        f"<div><dt>{name}</dt><dd>{value}<small>{note}</small></dd></div>"
        for name, value, note in facts
    )
    share = min(1.0, step / steps) if steps else 0.0
    st.html(
        f'<div class="run-head{" alive" if state.alive else ""}">'
        f'<p><b class="run-state {state.state}">{state.state}</b> '
        f"{html.escape(sentence(state, words.validating))}</p>"
        f'<div class="run-bar"><i style="width:{share:.2%}"></i></div><dl>{tiles}</dl>'
        f'<p class="run-notes">{html.escape(notes(reading))}</p></div>'
    )


def notes(reading: Reading) -> str:
    """What the trainer said about itself at first, and the newest thing that it noted since."""
    said = [str(event.fields.get("message") or "") for event in reading.alerts]
    return " ".join(dict.fromkeys([*said[:1], *said[-1:]]))


def sentence(state: Status, validating: str = TRANSLATE.validating) -> str:
    """What the run does, or why it ended; and how long it has been quiet, where that is long."""
    if state.state != "running" or not state.phase:
        return state.reason
    doings = {**_PHASES, "validation": validating}
    doing = doings.get(state.phase, f"In the phase “{state.phase}”.")
    quiet, promised = state.quiet, state.promised
    if quiet is None or promised is None or quiet < max(QUIET, promised / 2):
        return doing
    silence = f"Quiet for {duration(quiet)} (promised {duration(promised)})"
    return f"{doing} {silence}{': stalled, asleep, or very busy?' if state.stalled else '.'}"


def _number(reading: Reading, name: str, form: str) -> str:
    value = reading.latest.get(name)
    return "–" if value is None else format(value, form)


def _at(reading: Reading, name: str) -> str:
    if name not in reading.curves:
        return ""
    steps, _ = reading.curves[name]
    return f"at step {steps[-1]:,}"


def duration(seconds: float) -> str:
    """Seconds in words: 41 s, 12 min 5 s, 3 h 20 min, 2 d 4 h."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3600} h"


def age(created: float) -> str:
    """How long ago, in one rounded unit."""
    seconds = max(0.0, time.time() - created)
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return "just now"
