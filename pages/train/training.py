"""Training: launch a run, watch it learn, look into the model it made; runs outlive the app."""

from __future__ import annotations

import streamlit as st

from pages.ui.dialogs import page_is_drawn
from pages.ui.layout import notice, page_header, prose
from pages.ui.run_choice import compared_runs, fresh_form, shown_run, style
from pages.ui.run_compare import run_compare
from pages.ui.run_deleted import bin_and_import, undo
from pages.ui.run_form import run_form
from pages.ui.run_list import run_list
from pages.ui.run_panel import run_panel

page_is_drawn()
text = prose("training")
page_header(text["title"], text["lead"])
style()
shown, missing = shown_run()
compared, not_compared = compared_runs()

history, main = st.columns([1.1, 2.9], gap="large")
with history:
    run_list(shown, text)
    bin_and_import(text)
with main:
    for sentence in filter(None, (missing, not_compared)):
        notice(sentence)
    undo()
    if compared is not None:
        run_compare(compared, text)
    elif shown:
        run_panel(shown, text)
    else:
        fresh_form()
        run_form(text)
