"""The history: every run with its status word, step and age; a click shows it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui.dialogs import draw_anew
from pages.ui.layout import escape_markdown
from pages.ui.run_choice import show_run
from pages.ui.run_head import age
from pages.ui.run_standing import known_runs, known_status
from trainer.folder import Run
from trainer.notes import read_notes
from trainer.runs import Status

REFRESH = "4s"
SHOWN = 12


def run_list(shown: Run | None, text: Mapping[str, str]) -> None:
    """Draw the list; it refreshes by itself while any run lives."""
    every = REFRESH if any(known_status(run).alive for run in _visible(known_runs())) else None
    st.fragment(_list, run_every=every)(shown.id if shown else None, text, every is not None)


def _list(shown: str | None, text: Mapping[str, str], live: bool) -> None:
    runs = known_runs()
    states = {run.id: known_status(run) for run in _visible(runs)}
    if any(state.alive for state in states.values()) != live:
        draw_anew()
    if st.button(
        "New run",
        icon=":material/add:",
        width="stretch",
        key="runs.new",
    ):
        show_run(None)
        st.rerun()
    if not runs:
        st.caption(text["no runs"])
    with st.container(key="run-list", gap=None):
        for run in runs:
            if run.id in states:
                _row(run, states[run.id], run.id == shown)
    if len(runs) > SHOWN:
        st.toggle(f"All {len(runs)} runs", key="runs.all")


def _visible(runs: list[Run]) -> list[Run]:
    return runs if st.session_state.get("runs.all", False) else runs[:SHOWN]


def _row(run: Run, state: Status, chosen: bool) -> None:
    place = "chosen" if chosen else "row"
    with st.container(key=f"run-{place}-{run.id}", gap=None):
        name = escape_markdown(read_notes(run).name) or run.id
        if st.button(name, type="tertiary", key=f"runs.{run.id}"):
            show_run(run.id)
            st.rerun()
        if run.problem:
            st.caption(escape_markdown(run.problem))
            return
        parts = [state.state, *([run.origin] if run.read_only else [])]
        if state.state == "queued" and state.place:
            parts[0] = f"queued, place {state.place}"
        if state.step is not None:
            parts.append(f"step {state.step:,}")
        if not run.read_only:
            parts.append(f"{age(run.created)} ago")
        st.caption(f":material/{_ICONS[state.state]}: {' · '.join(parts)}")


_ICONS = {
    "queued": "hourglass_empty",
    "running": "play_circle",
    "stopping": "pending",
    "finished": "check_circle",
    "stopped": "stop_circle",
    "failed": "error",
    "lost": "help",
}
