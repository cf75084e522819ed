"""What a run is called: its name, id, tags and note, and the quiet menu of what can be done."""

from __future__ import annotations

import html
from collections.abc import Mapping

import streamlit as st

from pages.ui.run_menu import run_menu
from trainer.folder import Run
from trainer.notes import read_notes


def run_title(run: Run, text: Mapping[str, str]) -> None:
    """Draw it; it changes only when a person changes it, so it stands outside the live panel."""
    words = read_notes(run)
    marks = [f"<code>{html.escape(run.id)}</code>"] if words.name else []
    marks += [f"<span>{html.escape(tag)}</span>" for tag in words.tags]
    marks += [f"<em>{html.escape(text[run.origin])}</em>"] if run.read_only else []
    with st.container(key="run-title", horizontal=True, vertical_alignment="top"):
        st.html(
            f'<div class="run-title{"" if words.name else " id"}">'
            f"<h2>{html.escape(words.name or run.id)}</h2>"
            f"{paragraph('run-marks', ' '.join(marks))}"
            f"{paragraph('run-words', html.escape(words.note))}</div>"
        )
        run_menu(run, text)


def paragraph(kind: str, inside: str) -> str:
    """A paragraph of HTML, or nothing where it would be empty."""
    return f'<p class="{kind}">{inside}</p>' if inside else ""
