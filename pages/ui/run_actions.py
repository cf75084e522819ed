"""What can be asked of a run: to stop, finish, save, translate, be killed, go on; a look inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from pages.ui.catalogue import has_model
from pages.ui.layout import notice
from pages.ui.navigation import STOPS, page_link
from pages.ui.task_words import pages_of
from trainer.folder import Run, RunError
from trainer.launch import resume
from trainer.runs import Status, kill, request, what_is_lost


def run_actions(run: Run, state: Status, text: Mapping[str, str]) -> None:
    """One row of buttons; what has been asked for already cannot be asked again."""
    with st.container(key="run-actions", horizontal=True, vertical_alignment="center"):
        if state.alive:
            _endings(run, state, text)
        elif state.state != "finished" and not (run.problem or run.read_only):
            icon, help = ":material/play_arrow:", text["resume help"]
            if st.button("Resume", icon=icon, help=help):
                _do(partial(resume, run))
        if has_model(run):
            _look_inside(run)
    if state.alive:
        st.caption(text["closing"])
    elif not has_model(run):
        st.caption(text["no model"])


def _endings(run: Run, state: Status, text: Mapping[str, str]) -> None:
    asked = state.state == "stopping"
    if st.button("Stop", icon=":material/stop:", disabled=asked, help=text["stop help"]):
        _ask(run, "stop")
    icon, help = ":material/flight_land:", text["finish help"]
    if st.button("Finish nicely", icon=icon, disabled=asked or state.state == "queued", help=help):
        _ask(run, "finish")
    _also(run, state, text)


def _also(run: Run, state: Status, text: Mapping[str, str]) -> None:
    """What is asked for less often; the last one says what it costs before it is done."""
    queued = state.state == "queued"
    also = st.popover("Also", disabled=queued, key="run.also", on_change="rerun")
    if not also.open:  # what a kill costs is found out for those who ask
        return
    with also:
        for label, icon, what in (
            ("Save now", ":material/save:", "save"),
            ("Answer now", ":material/translate:", "sample"),
        ):
            if st.button(label, icon=icon, width="stretch", help=text[f"{what} help"]):
                _ask(run, what)
        st.caption(f"{text['kill help']} {what_is_lost(run)}")
        if st.button("Kill", icon=":material/dangerous:", width="stretch"):
            _do(partial(kill, run))


def _look_inside(run: Run) -> None:
    """Links to the pages of the model, with this run's model in them."""
    if pages := pages_of(run):
        st.caption("Look inside:")
    stops = {stop.url: stop for stop in STOPS}
    for url, opened in pages.items():
        page_link(stops[url], **opened)


def _ask(run: Run, what: str) -> None:
    _do(partial(request, run, what))


def _do(act: Callable[[], object]) -> None:
    """Do it and draw the page anew; a refusal is one sentence."""
    try:
        act()
    except RunError as error:
        notice(str(error), "warning")
        return
    st.rerun()
