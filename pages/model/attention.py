"""Attention: every head of every layer on the person's own sentence, and one head in detail."""

from __future__ import annotations

import streamlit as st

from pages.ui.components import attention_view
from pages.ui.layout import page_header, prose, sentence_box
from pages.ui.models import explain, find_model, plain_errors, translate
from pages.ui.navigation import refresh_links
from pages.ui.state import write_look
from pages.ui.subject import ending, fitted_look, said, target_box

text = prose("attention")
look = fitted_look()
page_header(text["title"], text["lead"])
sentence_box(look)

with plain_errors():
    info = find_model(look.model)
    own = translate(info, look.src)[0]

left, right = st.columns(2, gap="large")
with left:
    said(text["own"], own.text, ending(own))
with right:
    target_box(look, text["other"], text["other help"])

with plain_errors():
    explained = explain(info, look.src, look.tgt if look.tgt is not None else own.ids)
choice = attention_view(
    src_pieces=explained.src_pieces,
    tgt_pieces=explained.tgt_pieces,
    arrays=explained.attention(),
    provenance=f"{info.title} · {text['forced'] if look.tgt else text['free']}",
    choice={"kind": look.kind, "layer": look.layer, "head": look.head},
    key="attention",
)
if choice:
    write_look(**choice)
    refresh_links()
