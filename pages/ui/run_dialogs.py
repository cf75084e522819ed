"""What the menu of a run opens: its notes, a comparison of settings, and two downloads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from pages.ui.dialogs import dialog
from pages.ui.layout import escape_markdown, notice
from trainer.folder import Run, RunError
from trainer.hand_in import hand_in_zip
from trainer.keeping import megabytes, shown
from trainer.notes import MOST_TAGS, notes, read_notes, title, write_notes
from trainer.pack import pack
from trainer.runs import list_runs, open_run
from trainer.settings import differences
from transformer.config import ConfigError


@dialog("Name, note, tags")
def notes_dialog(run: Run) -> None:
    """A form of the three; `notes_form` is its inside."""
    notes_form(run)


def notes_form(run: Run) -> None:
    """What a person calls the run; nothing of it is ever part of a path."""
    old = read_notes(run)
    tags = {tag for other in list_runs() for tag in read_notes(other).tags}
    # Without max_chars: the browser drops a longer text without a word, `notes` says what is wrong.
    name = st.text_input("Name", old.name, placeholder=run.id)
    said = st.text_area("Note", old.note)
    chosen = st.multiselect(
        "Tags",
        sorted(tags),
        list(old.tags),
        accept_new_options=True,
        max_selections=MOST_TAGS,
        placeholder="Type a tag",
    )
    if st.button("Save", type="primary"):
        try:
            write_notes(run, notes(name, said, chosen))
        except RunError as error:
            notice(str(error), "warning")
            return
        st.rerun()


@dialog("Compare settings", width="medium")
def compare_dialog(run: Run) -> None:
    """The settings in which this run and another differ."""
    comparison(run)


def comparison(run: Run) -> None:
    """A choice of the other run, and a row for each difference."""
    others = {other.id: other for other in list_runs() if other.id != run.id and not other.problem}
    if not others:
        st.caption("There is no other run to compare it with.")
        return
    named = {run_id: title(other) for run_id, other in others.items()}
    labels = {k: name if name == k else f"{name} ({k})" for k, name in named.items()}
    other = st.selectbox("With", list(others), format_func=labels.__getitem__)
    found = differences(run.spec, open_run(other).spec)
    if not found:
        st.caption("They have the same settings.")
        return
    cells = [
        (f"`{row.field}`", *(escape_markdown(shown(v)) for v in (row.a, row.b))) for row in found
    ]
    head = ("", escape_markdown(title(run)), escape_markdown(named[other]))
    table = [head, ("---",) * 3, *cells]
    with st.container(key="run-differences"):
        st.markdown("\n".join(f"| {' | '.join(row)} |" for row in table))


@dialog("Download as zip")
def zip_dialog(run: Run, text: Mapping[str, str]) -> None:
    """The run for others to look at."""
    download(run, text["zip"], pack, f"{run.id}.zip")


@dialog("Hand in")
def hand_in_dialog(run: Run, text: Mapping[str, str]) -> None:
    """The summary of the run for the course."""
    download(run, text["hand in"], hand_in_zip, f"hand-in-{run.id}.zip")


def download(run: Run, about: str, make: Callable[[Run], bytes], name: str) -> None:
    """What is in it, and the button; or the one sentence that says why there is nothing yet."""
    st.markdown(about)
    try:
        with st.spinner("Putting it together …"):
            data = make(run)
    except (RunError, ConfigError, OSError) as error:
        notice(str(error), "warning")
        return
    label = f"Download ({megabytes(len(data))})"
    st.download_button(
        label, data, name, "application/zip", type="primary", icon=":material/download:",
        on_click="ignore",
    )  # fmt: skip
