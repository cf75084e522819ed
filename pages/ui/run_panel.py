"""One run, live: how it stands, its curves, its translations, its log, and what can be asked."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui.layout import notice
from pages.ui.navigation import STOPS, page_link
from pages.ui.run_alerts import run_alerts
from pages.ui.run_curves import curves_blob, curves_view, smoothing
from pages.ui.run_head import run_head
from pages.ui.run_inside import run_inside
from pages.ui.run_samples import run_samples
from pages.ui.run_title import run_title
from pages.ui.runs import Reading, log_tail, smoothed, watch
from trainer.folder import Run, RunError
from trainer.launch import resume
from trainer.runs import Status, request, status

REFRESH = "1s"
_LOOKED_INTO = ("attention", "translate", "tokens", "embeddings", "positions")


def run_panel(run: Run, text: Mapping[str, str]) -> None:
    """Draw the run; by itself every second as long as it lives, and not any more once it ended."""
    run_title(run, text)
    every = REFRESH if status(run).alive else None
    st.fragment(_panel, run_every=every)(run, text, every is not None)


def _panel(run: Run, text: Mapping[str, str], live: bool) -> None:
    state = status(run)  # before the events, so that the last of them are read
    if state.alive != live:
        st.rerun()
    watched = watch(run)
    reading = watched.read()
    run_head(run, state, reading, *watched.reader.silence())
    _actions(run, state, text)
    if run.problem:
        return
    if reading.points or state.alive:  # a run that ended before its first step has no curves
        _curves(run, reading, text, alive=state.alive)
    _below(run, reading, text)


def _curves(run: Run, reading: Reading, text: Mapping[str, str], *, alive: bool) -> None:
    watched, width = watch(run), smoothing(text["smoothing help"])

    def draw() -> bytes:
        means = smoothed(watched.reader, width)
        return curves_blob(reading, means, run.id, width=width, alive=alive)

    curves_view(watched.draw(f"curves.{width}", (reading.version, alive), draw), key="curves")
    st.caption(text["loss"])


def _below(run: Run, reading: Reading, text: Mapping[str, str]) -> None:
    """One of four views, so that a live panel draws no more than is looked at."""
    told = {"Alerts": f"Alerts ({len(reading.alerts)})" if reading.alerts else "Alerts"}
    shown = st.segmented_control(
        "Look at",
        ("Translations", "Inside the model", "Alerts", "Log"),
        default="Translations",
        required=True,
        format_func=lambda view: told.get(view, view),
        key="run.below",
        label_visibility="collapsed",
    )
    if shown == "Translations":
        run_samples(reading, text)
    elif shown == "Inside the model":
        run_inside(run, text)
    elif shown == "Alerts":
        run_alerts(reading, text)
    else:
        st.code(log_tail(run) or "Nothing was written yet.", language=None, height=280)


def _actions(run: Run, state: Status, text: Mapping[str, str]) -> None:
    """One row of buttons; what has been asked for already cannot be asked again."""
    with st.container(key="run-actions", horizontal=True, vertical_alignment="center"):
        if state.alive:
            _endings(run, state, text)
        elif state.state != "finished" and not (run.problem or run.read_only):
            icon, help = ":material/play_arrow:", text["resume help"]
            if st.button("Resume", icon=icon, help=help):
                _resume(run)
        if (run.export / "config.json").is_file():
            _look_inside(run)
    if state.alive:
        st.caption(text["closing"])
    elif not (run.export / "config.json").is_file():
        st.caption(text["no model"])


def _endings(run: Run, state: Status, text: Mapping[str, str]) -> None:
    asked = state.state == "stopping"
    if st.button("Stop", icon=":material/stop:", disabled=asked, help=text["stop help"]):
        _ask(run, "stop")
    icon, help = ":material/flight_land:", text["finish help"]
    if st.button("Finish nicely", icon=icon, disabled=asked or state.state == "queued", help=help):
        _ask(run, "finish")


def _look_inside(run: Run) -> None:
    """Links to the pages of the model, with this run's model in them."""
    st.caption("Look inside:")
    stops = {stop.url: stop for stop in STOPS}
    for url in _LOOKED_INTO:
        if url in stops:
            page_link(stops[url], model=run.id)


def _ask(run: Run, what: str) -> None:
    try:
        request(run, what)
    except RunError as error:
        notice(str(error), "warning")
        return
    st.rerun()


def _resume(run: Run) -> None:
    try:
        resume(run)
    except RunError as error:
        notice(str(error), "warning")
        return
    st.rerun()
