"""Attention: every head of every layer on the person's own sentence, and one head in detail."""

from __future__ import annotations

import streamlit as st

from pages.ui.catalogue import find_model
from pages.ui.edit_panel import edit_panel
from pages.ui.edited import told_edits
from pages.ui.layout import page_header, prose, sentence_box
from pages.ui.models import explain, plain_errors, translate
from pages.ui.subject import ending, every_head, fitted_look, said, target_box

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
with right:
    target_box(look, text["other"], text["other help"])
    if look.tgt:
        st.caption(text["instead"])

with plain_errors():
    target = own.ids if look.tgt is None else look.tgt
    explained = explain(info, look.src, target, look.edits)
read = text["forced" if look.tgt else "free"] + " · edited" * bool(look.edits)
every_head(
    look,
    explained.src_pieces,
    explained.tgt_pieces,
    explained.attention(),
    f"{info.stand} · {read}",
)
lab = st.segmented_control("Go on", ["What if"], key="attention.lab", label_visibility="collapsed")
if lab == "What if":
    edit_panel(look, info, explained)
