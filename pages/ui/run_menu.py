"""The quiet menu of a run: words about it, its settings again, what to share, delete."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui.layout import notice
from pages.ui.run_choice import show_run
from pages.ui.run_deleted import move_to_bin
from pages.ui.run_dialogs import compare_dialog, hand_in_dialog, notes_dialog, zip_dialog
from pages.ui.run_form import fill_form
from trainer.folder import Run, RunError
from trainer.settings import clone
from trainer.status import status

NOTES, CLONE, GO_ON = "Name, note, tags", "Clone its settings", "Start from its weights"
COMPARE, ZIP, HAND_IN, DELETE = "Compare settings", "Download as zip", "Hand in", "Delete"


def run_menu(run: Run, text: Mapping[str, str]) -> None:
    """Draw the menu, and do what was chosen in it."""
    entries = _entries(run)
    if not entries:
        return
    chosen = st.menu_button("More", entries, type="tertiary", key=f"menu.{run.id}")
    if chosen == NOTES:
        notes_dialog(run)
    elif chosen == COMPARE:
        compare_dialog(run)
    elif chosen == ZIP:
        zip_dialog(run, text)
    elif chosen == HAND_IN:
        hand_in_dialog(run, text)
    elif chosen == DELETE:
        move_to_bin(run)
    elif chosen in (CLONE, GO_ON):
        _into_the_form(run, with_weights=chosen == GO_ON)


def _entries(run: Run) -> list[str]:
    """What can be done with the run; what would be refused anyway is not offered."""
    if run.problem:
        return [] if run.origin == "shipped" else [DELETE]
    alive = status(run).alive
    offered = {
        NOTES: run.origin != "shipped",
        CLONE: True,
        GO_ON: (run.export / "config.json").is_file(),
        COMPARE: True,
        ZIP: not alive,
        HAND_IN: True,
        DELETE: not alive and run.origin != "shipped",
    }
    return [entry for entry, offer in offered.items() if offer]


def _into_the_form(run: Run, *, with_weights: bool) -> None:
    try:
        preset, changed = clone(run)
    except RunError as error:
        notice(str(error), "warning")
        return
    if with_weights:
        changed |= {"start_from": str(run.export), "tokenizer_file": ""}  # it brings its own
    fill_form(preset, changed)
    show_run(None)
    st.rerun()
