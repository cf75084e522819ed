"""Attention: every head of every layer on the person's own sentence, and one head in detail."""

from __future__ import annotations

import streamlit as st

from pages.ui.catalogue import find_model
from pages.ui.layout import page_header, prose, sentence_box
from pages.ui.losses import target_losses
from pages.ui.models import explain, plain_errors, translate
from pages.ui.roles import roles_of
from pages.ui.subject import ending, every_head, fitted_look, said, target_box

text = prose("attention")
look = fitted_look()
page_header(text["title"], text["lead"])
sentence_box(look)

with plain_errors():
    info = find_model(look.model)
    own = translate(info, look.src)[0]

left, right = st.columns(2, gap="medium")
with left:
    said(text["own"], own.text, ending(own))
with right:
    target_box(look, text["other"], text["other help"])
    if look.tgt:
        st.caption(text["instead"])

with plain_errors():
    explained = explain(info, look.src, look.tgt if look.tgt is not None else own.ids)
if look.tgt:
    with right:
        target_losses(explained, text["losses"])
every_head(
    look,
    explained.src_pieces,
    explained.tgt_pieces,
    explained.attention(),
    f"{info.stand} · {text['forced'] if look.tgt else text['free']}",
    explained.norms(),
    roles_of(info.folder),
)
