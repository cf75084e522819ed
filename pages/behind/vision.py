"""An image in sixteen-pixel words: the vision encoder, on a scene or a person's own picture."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui.catalogue import OneStreamInfo
from pages.ui.errors import plain_errors
from pages.ui.held_out import scores
from pages.ui.kept import Kept, one_of
from pages.ui.layout import notice, page_header, prose
from pages.ui.one_stream import eyes
from pages.ui.patches_view import hidden_patches, patches_view
from pages.ui.picture_choice import picture_choice
from pages.ui.seeing import project
from pages.ui.state import read_look


def score_rows(infos: list[OneStreamInfo], text: Mapping[str, str]) -> dict[str, list[str]]:
    """A column a measure, a row a model, out of what each bundle tells of itself."""
    found = [scores(info.folder) for info in infos]
    measures = ("recall", "style_recall", "painting", "painting_baseline")
    rows = {text["measure"]: [info.title for info in infos]}
    for name in measures:
        values = [one.get(f"val/{name}") for one in found]
        rows[text[name]] = ["–" if value is None else f"{value:.3f}" for value in values]
    return rows


text = prose("vision")
read_look()
page_header(text["title"], text["lead"])
if not (known := {info.key: info for info in eyes("vision")}):
    notice(text["no-model"])
    st.stop()

kept = Kept("vision")
picture = picture_choice(kept, text)
key = st.segmented_control(
    text["model"],
    known,
    format_func=lambda one: known[one].title,
    required=True,
    **kept.bound("model", next(iter(known)), one_of(known)),
)
info = known[key]
hidden = kept.read("hidden", 0, hidden_patches(info))
kept.tell()
st.markdown(text["guide"])
with plain_errors():
    patches_view(info, picture, hidden, kept)

st.subheader(text["places"], anchor=False)
st.markdown(text["places-lead"])

st.subheader(text["ways"], anchor=False)
st.markdown(text["ways-lead"])
with plain_errors():
    vectors = project(info, picture.pixels)
if vectors.twin is not None:
    largest = float(abs(vectors.own).max())
    st.markdown(text["same"].format(apart=f"{vectors.apart:.1e}", largest=f"{largest:.1f}"))

st.subheader(text["style"], anchor=False)
told = scores(info.folder)
if {"val/recall", "val/style_recall"} <= set(told):
    own, other = (f"{told[f'val/{name}']:.3f}" for name in ("recall", "style_recall"))
    st.markdown(text["style-lead"].format(own=own, other=other))
st.table(score_rows(list(known.values()), text))
st.caption(text["style-note"])
