"""Translate: greedy, beam search or sampling, and the next-piece probabilities at every step."""

from __future__ import annotations

import streamlit as st

from pages.ui.catalogue import find_model
from pages.ui.decoding import method_control, settings_controls
from pages.ui.errors import plain_errors
from pages.ui.layout import page_header, prose, sentence_box
from pages.ui.models import embedding_matrix, explain, translate
from pages.ui.pieces import EOS
from pages.ui.steps import chosen_translation, next_pieces, steps_view
from pages.ui.subject import ending, fitted_look, what

text = prose("translate")
look = fitted_look()
page_header(text["title"], text["lead"])
sentence_box(look)

method = method_control()
with st.container(key="dawn-method"):
    st.caption(text[method])
settings = settings_controls(method)

with plain_errors():
    info = find_model(look.model)
    found = translate(info, look.src, method, **settings)
    place = chosen_translation(found, "steps")
    chosen = found[place]
    explained = explain(info, look.src, chosen.ids)
if remark := ending(chosen):
    st.caption(remark)
taken = [*chosen.ids, EOS] if chosen.finished else chosen.ids
steps_view(
    translations=found,
    place=place,
    steps=next_pieces(explained.tensors["output.logits"][0, : len(taken)], taken),
    labels=embedding_matrix(info, "tgt")[1],
    numbered={"beam": "Beam", "sample": "Draw"}.get(method, ""),
    ranked=method == "beam",
    provenance=what(info, look.src),
    key="steps",
)
