"""One run, live: how it stands, its curves, its translations, its log, and what can be asked."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui.dialogs import draw_anew
from pages.ui.run_actions import run_actions
from pages.ui.run_alerts import run_alerts
from pages.ui.run_curves import curves_blob, curves_view, smoothing
from pages.ui.run_head import run_head
from pages.ui.run_inside import run_inside
from pages.ui.run_samples import run_samples
from pages.ui.run_standing import SHARED, known_status
from pages.ui.run_title import run_title
from pages.ui.runs import Reading, Watch, log_tail, smoothed, watch
from pages.ui.task_words import of_task, words_of
from trainer.folder import Run

REFRESH = "2s"


def run_panel(run: Run, text: Mapping[str, str]) -> None:
    """Draw the run; by itself every two seconds as long as it lives, and not once it ended."""
    run_title(run, text)
    every = REFRESH if known_status(run).alive else None
    st.fragment(_panel, run_every=every)(run, text, every is not None)


def _panel(run: Run, text: Mapping[str, str], live: bool) -> None:
    state = known_status(run)  # before the events, so that the last of them are read
    if state.alive != live:
        draw_anew()
    watched = watch(run)
    reading = watched.read(SHARED if state.alive else 0.0)  # of one that ended, to the last
    run_head(run, state, reading)
    run_actions(run, state, text)
    if run.problem:
        return
    if reading.points or state.alive:  # a run that ended before its first step has no curves
        _curves(run, watched, reading, text, alive=state.alive)
    _below(run, reading, text)


def _curves(
    run: Run, watched: Watch, reading: Reading, text: Mapping[str, str], *, alive: bool
) -> None:
    st.caption(of_task(text, "loss", run))  # above them all: the loss is the first of many
    width = smoothing(text["smoothing help"])

    def draw() -> bytes:
        means = smoothed(watched.reader, width)
        return curves_blob(reading, means, run.id, width=width, alive=alive, words=words_of(run))

    curves_view(watched.draw(f"curves.{width}", (reading.version, alive), draw), key="curves")


def _below(run: Run, reading: Reading, text: Mapping[str, str]) -> None:
    """One of four views, so that a live panel draws no more than is looked at."""
    warned = sum(event.fields.get("level") != "note" for event in reading.alerts)
    words = words_of(run)
    views = [words.answers, *["Inside the model"] * words.inside, "Alerts", "Log"]
    told = {"Alerts": f"Alerts ({warned})" if warned else "Alerts"}
    shown = st.segmented_control(
        "Look at",
        views,
        default=words.answers,
        required=True,
        format_func=lambda view: told.get(view, view),
        key=f"run.below.{words.answers}",
        label_visibility="collapsed",
    )
    if shown == words.answers:
        run_samples(run, reading, text)
    elif shown == "Inside the model":
        run_inside(run, text)
    elif shown == "Alerts":
        run_alerts(reading, text)
    else:
        st.code(log_tail(run) or "Nothing was written yet.", language=None, height=280)
