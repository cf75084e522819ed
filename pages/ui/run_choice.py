"""Which run is shown: it is in the address, and the menu's link keeps it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from pages.ui.navigation import keep_with
from trainer.folder import Run, RunError
from trainer.runs import open_run

_STYLE = Path(__file__).resolve().parents[2] / "assets" / "training.css"
_PREPARED = "training.prepared"


def shown_run() -> tuple[Run | None, str | None]:
    """The run that the address asks for, and a sentence when there is none of that name."""
    asked = st.query_params.get("run")
    keep_with("training", {})
    if asked is None:
        return None, None
    try:
        run = open_run(asked)
        keep_with("training", {"run": run.id})
        return run, None
    except RunError:
        return None, f"There is no run “{asked[:40]}” here: choose one in the list, or start one."


def show_run(run_id: str | None) -> None:
    """Put a run into the address; None goes back to the form. One entry in the history."""
    if run_id is None:
        st.query_params.pop("run", None)
    elif st.query_params.get("run") != run_id:
        st.query_params["run"] = run_id


def prepared_id(make: Callable[[], str]) -> str:
    """The id of the run that this form will start: two clicks on its button are one run."""
    if _PREPARED not in st.session_state:
        st.session_state[_PREPARED] = make()
    prepared: str = st.session_state[_PREPARED]
    return prepared


def fresh_form() -> None:
    """The form is drawn anew by the page: its next launch is another run."""
    st.session_state.pop(_PREPARED, None)


def style() -> None:
    """The style sheet of everything about runs; once a page."""
    st.html(_STYLE)
