"""Which run is shown: it is in the address, and the menu's link keeps it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from pages.ui.navigation import keep_with
from trainer.folder import Run, RunError
from trainer.runs import list_runs, open_run

_STYLE = Path(__file__).resolve().parents[2] / "assets" / "training.css"
_PREPARED = "training.prepared"
MOST = 16  # runs that are compared, a colour each


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
    st.query_params.pop("runs", None)
    if run_id is None:
        st.query_params.pop("run", None)
    elif st.query_params.get("run") != run_id:
        st.query_params["run"] = run_id


def compared_runs() -> tuple[list[Run] | None, str | None]:
    """The runs that the address asks to compare, in its order, and a sentence that names those that
    are not there. None where it asks for no comparison."""
    if "runs" not in st.query_params:
        return None, None
    asked = dict.fromkeys(st.query_params["runs"].split(","))
    found = {run.id: run for run in list_runs() if not run.problem}
    chosen = [found[run_id] for run_id in asked if run_id in found][:MOST]
    keep_with("training", {"runs": ",".join(run.id for run in chosen)})
    lost = [f"“{run_id[:40]}”" for run_id in asked if run_id and run_id not in found]
    if not lost:
        return chosen, None
    more = f" and {len(lost) - 3:,} more" if len(lost) > 3 else ""
    return chosen, f"There is no run {', '.join(lost[:3])}{more} here: choose others to compare."


def compare(run_ids: Sequence[str] | None) -> None:
    """Put the runs to compare into the address; None leaves the comparison."""
    if run_ids is None:
        st.query_params.pop("runs", None)
    elif st.query_params.get("runs") != ",".join(run_ids):
        st.query_params.from_dict({"runs": ",".join(run_ids)})


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
