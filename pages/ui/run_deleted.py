"""Runs that go and come: into the bin and back, and out of a zip."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from pages.ui.dialogs import dialog
from pages.ui.layout import escape_markdown, notice
from pages.ui.run_choice import compare, show_run
from pages.ui.run_head import age
from trainer.bin import binned, bring_back, delete, deleted_id, empty_bin, restore, size
from trainer.folder import Run, RunError
from trainer.keeping import megabytes
from trainer.notes import read_notes, title
from trainer.runs import list_runs
from trainer.unpack import unpack

_DELETED = "runs.deleted"


def move_to_bin(run: Run) -> None:
    """Delete the run; the form comes in its place, with a way back."""
    name = title(run)
    try:
        delete(run)
    except RunError as error:
        notice(str(error), "warning")
        return
    st.session_state[_DELETED] = (run.id, name)
    show_run(None)
    st.rerun()


def undo() -> None:
    """Directly after a delete: where the run is, and the way back."""
    if _DELETED not in st.session_state:
        return
    run_id, name = st.session_state[_DELETED]
    if st.query_params.get("run") or run_id not in {deleted_id(run) for run in binned()}:
        del st.session_state[_DELETED]  # another run is looked at, or it is out of the bin
        return
    with st.container(key="run-undo", horizontal=True, vertical_alignment="center"):
        st.caption(f":material/delete: {escape_markdown(name)} is in the bin.")
        if st.button("Undo", type="tertiary", icon=":material/undo:"):
            _back(partial(restore, run_id))


def bin_and_import(text: Mapping[str, str]) -> None:
    """Below the list: runs side by side, a zip to look at, the bin where something is in it."""
    with st.container(key="run-aside", horizontal=True):
        if len(list_runs()) > 1 and st.button(
            "Compare", type="tertiary", icon=":material/stacked_line_chart:", key="runs.compare"
        ):
            compare([run.id for run in list_runs()[:2]])
            st.rerun()
        if st.button("Import", type="tertiary", icon=":material/upload:", key="runs.import"):
            import_dialog(text)
        label = f"Bin ({len(binned())})"
        if binned() and st.button(label, type="tertiary", icon=":material/delete:", key="runs.bin"):
            bin_dialog(text)


@dialog("Import a run")
def import_dialog(text: Mapping[str, str]) -> None:
    """A zip that somebody packed."""
    import_box(text)


def import_box(text: Mapping[str, str]) -> None:
    """The place for the file; a sound one is shown at once."""
    st.markdown(text["import"])
    file = st.file_uploader("Zip of a run", type=["zip"], label_visibility="collapsed")
    if file is None:
        return
    try:
        with st.spinner("Looking through it …"):
            run = unpack(file)
    except RunError as error:
        notice(str(error), "warning")
        return
    show_run(run.id)
    st.rerun()


@dialog("Bin")
def bin_dialog(text: Mapping[str, str]) -> None:
    """The runs that were deleted."""
    bin_box(text)


def bin_box(text: Mapping[str, str]) -> None:
    """Each with its size and a way back; and, apart, the way to be rid of them all."""
    runs = binned()
    sizes = [size(run.path) for run in runs]
    for run, count in zip(runs, sizes, strict=True):
        with st.container(horizontal=True, vertical_alignment="center", key=f"bin-{run.path.name}"):
            called = read_notes(run).name or deleted_id(run)
            facts = [megabytes(count), age(run.created), *([run.origin] if run.read_only else [])]
            st.markdown(f"{escape_markdown(called)} :small[{' · '.join(facts)}]")
            if st.button("Restore", type="tertiary", key=f"restore.{run.path.name}"):
                _back(partial(bring_back, run))
    st.caption(text["bin"])
    if st.button(
        f"Empty the bin, freeing {megabytes(sum(sizes))}", icon=":material/delete_forever:"
    ):
        try:
            st.toast(f"{megabytes(empty_bin())} freed.")
        except RunError as error:
            notice(str(error), "warning")
            return
        st.rerun()


def _back(come: Callable[[], Run]) -> None:
    try:
        run = come()
    except RunError as error:
        notice(str(error), "warning")
        return
    show_run(run.id)
    st.rerun()
