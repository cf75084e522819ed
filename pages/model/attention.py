"""Attention: every head of every layer on the person's own sentence, and one head in detail."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from pages.ui.catalogue import find_model
from pages.ui.court_panel import court_panel
from pages.ui.edit_panel import edit_panel
from pages.ui.edit_views import switch_on_show
from pages.ui.edited import heads_off, told_edits
from pages.ui.errors import plain_errors
from pages.ui.heads_view import Beside
from pages.ui.layout import escape_markdown, page_header, prose, sentence_box
from pages.ui.losses import target_losses
from pages.ui.models import explain, translate
from pages.ui.outcome import outcome
from pages.ui.panels import panel_choice
from pages.ui.roles import roles_of
from pages.ui.script import script_of
from pages.ui.subject import ending, every_head, fitted_look, said, target_box, what
from pages.ui.take_away import all_numbers
from pages.ui.walk_panel import walk_panel

text = prose("attention")
look = fitted_look()
page_header(text["title"], text["lead"])
sentence_box(look)

with plain_errors():
    info = find_model(look.model)
    look = told_edits(look, info, text["edited"])
    own = translate(info, look.src, "greedy", look.edits)[0]

left, right = st.columns(2, gap="medium")
with left:
    said(text["own edited" if look.edits else "own"], own.text, ending(own))
    if look.edits:
        with plain_errors():
            st.caption(escape_markdown(outcome(info, look.src, look.edits, own)))
with right:
    target_box(look, text["other"], text["other help"])
    if look.tgt:
        st.caption(text["instead"])

with plain_errors():
    target = own.ids if look.tgt is None else look.tgt
    explained = explain(info, look.src, target, look.edits)
if look.tgt:
    with right:
        target_losses(explained, text["losses"])
read = text["forced" if look.tgt else "free"] + " · edited" * bool(look.edits)
every_head(
    look,
    explained.src_pieces,
    explained.tgt_pieces,
    explained.attention(),
    f"{what(info, look.src)} · {read}",
    Beside(
        norms=explained.norms(),
        roles=roles_of(info.folder),
        script=script_of(info, look.src, explained.tgt_ids, look.edits),
        off=heads_off(look.edits, info.heads),
        on_toggle=partial(switch_on_show, info.heads),
    ),
)

PANELS = {"walk": "Step by step", "edit": "What if", "why": "Why this word"}
DRAW = {"walk": walk_panel, "edit": edit_panel, "why": court_panel}
with st.container(horizontal=True, horizontal_alignment="distribute"):
    panel = panel_choice(look, PANELS, text["lab"], "attention.panel")
    all_numbers(look, info, explained, text["numbers"], text["numbers help"])
if panel:
    look = replace(fitted_look(), edits=look.edits)  # the look as the heads have just left it
    with plain_errors():
        if look.edits and panel != "edit":
            st.caption(text["unedited"])
            explained = explain(info, look.src, target)
        DRAW[panel](look, info, explained)
