"""Positions: what is added to the embeddings so that order is not lost."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.ui.catalogue import LookError, find_model, list_models
from pages.ui.encoder_input import encoder_input, position_table
from pages.ui.errors import plain_errors, tone
from pages.ui.kept import Kept, whole
from pages.ui.lab_panel import lab_panel
from pages.ui.layout import notice, page_header, prose, provenance, sentence_box
from pages.ui.order_panel import order_panel
from pages.ui.panels import panel_choice
from pages.ui.stable_panel import stable_panel
from pages.ui.state import read_look
from pages.ui.subject import what
from pages.ui.sum_table import sum_rows, sum_table
from pages.ui.table_pictures import table_pictures
from pages.ui.take_away import csv_button

SHOWN_DIMS = 8

text = prose("positions")
look = read_look([info.key for info in list_models()])
page_header(text["title"], text["lead"])
sentence_box(look)

with plain_errors():
    info = find_model(look.model)
    kind, table = position_table(info)
width = table.shape[1]
if kind != "sinusoidal":
    notice(text[kind])

st.subheader(text["sum"], anchor=False)
st.markdown(text["sum-lead"].format(dims=width))
try:
    given = encoder_input(info, look.src)
except LookError as error:  # the pictures below need no sentence
    notice(str(error), tone(error))
else:
    starts = list(range(0, width, SHOWN_DIMS))
    start = 0
    if starts[1:]:
        kept, dim = Kept("positions"), whole(0, width - 1)
        bound = kept.bound("window", 0, lambda asked: starts[dim(asked) // SHOWN_DIMS])
        start = st.select_slider(text["window"], starts, **bound)
        kept.tell()
    sum_table(given, start, SHOWN_DIMS)
    if given.is_exact():
        exact = text["exact"].format(count=f"{given.total.size:,}")
        st.markdown(f":green[:material/check_circle:] {exact}")
    else:
        worst = np.abs(given.scaled + given.encoding - given.total).max()
        st.markdown(text["inexact"].format(worst=f"{worst:.1e}"))
    csv_button(text["csv"], "encoder-input", what(info, look.src), sum_rows(given))
    provenance(look, info, "src_positions.sum", "b s d", (1, *given.total.shape))

if kind != "none":
    table_pictures(look, info, kind, table, text)

PANELS = {"lab": "What if", "kinds": "Three kinds", "stable": "In few bits"}
DRAW = {"lab": lab_panel, "kinds": order_panel, "stable": stable_panel}
st.subheader(text["try"], anchor=False)
if panel := panel_choice(look, PANELS, text["panels"], "positions.panel"):
    with plain_errors():
        DRAW[panel](look, info)
