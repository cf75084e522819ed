"""An image in sixteen-pixel words: the vision encoder, on a scene, a digit or one's own picture."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui.catalogue import OneStreamInfo
from pages.ui.errors import plain_errors
from pages.ui.held_out import scores
from pages.ui.kept import Kept, one_of
from pages.ui.layout import notice, page_header, prose
from pages.ui.one_stream import eyes, images_of
from pages.ui.patches_view import hidden_name, hidden_patches, patches_view
from pages.ui.picture_choice import picture_choice
from pages.ui.seeing import alike_positions, patches_of, project
from pages.ui.state import read_look
from trainer.digits import HELD_OUT
from transformer.analysis.beside import ORDERS, as_near_by_chance, likeness

MEASURES = ("accuracy", "recall", "style_recall", "painting", "painting_baseline")


def score_rows(infos: list[OneStreamInfo], text: Mapping[str, str]) -> dict[str, list[str]]:
    """A column a measure that is told, a row a model, out of what each bundle tells of itself."""
    found = [scores(info.folder) for info in infos]
    rows = {text["measure"]: [info.title for info in infos]}
    for name in MEASURES:
        values = [one.get(f"val/{name}") for one in found]
        if values != [None] * len(values):
            rows[text[name]] = ["–" if value is None else f"{value:.3f}" for value in values]
    return rows


def held_out(info: OneStreamInfo, known: list[OneStreamInfo], text: Mapping[str, str]) -> None:
    """How good the models of these images are on those held out, in another style as well."""
    if images_of(info) == "digits":
        st.subheader(text["held out"], anchor=False)
        st.markdown(text["digits-lead"].format(count=HELD_OUT))
    else:
        st.subheader(text["style"], anchor=False)
        told = scores(info.folder)
        if {"val/recall", "val/style_recall"} <= set(told):
            own, other = (f"{told[f'val/{name}']:.3f}" for name in ("recall", "style_recall"))
            st.markdown(text["style-lead"].format(own=own, other=other))
    alike = [one for one in known if images_of(one) == images_of(info)]
    st.table(score_rows(alike, text))
    st.caption(text["digits-note" if images_of(info) == "digits" else "style-note"])


text = prose("vision")
read_look()
page_header(text["title"], text["lead"])
scenes, numerals = (eyes("vision", images=(images,)) for images in ("emoji", "digits"))
if not (known := {info.key: info for info in (*scenes, *numerals)}):
    notice(text["no-model"])
    st.stop()

kept = Kept("vision")
key = st.segmented_control(
    text["model"],
    known,
    format_func=lambda one: known[one].title,
    required=True,
    **kept.bound("model", next(iter(known)), one_of(known)),
)
info = known[key]
picture = picture_choice(info, kept, text)
hidden = kept.read(hidden_name(info), 0, hidden_patches(info))
kept.tell()
channels, patch, count = len(picture.pixels), int(info.sizes["patch"]), patches_of(info)
told = {
    "across": picture.pixels.shape[1] // patch,
    "patches": count,
    "tokens": count + 1,
    "patch": patch,
    "numbers": channels * patch**2,
    "colours": f" {text['colours']}" if channels > 1 else "",
}
st.markdown(text["guide"].format(**told))
with plain_errors():
    patches_view(info, picture, hidden, kept)

st.subheader(text["places"], anchor=False)
near, far = (f"{mean:.2f}".replace("-", "−") for mean in likeness(alike_positions(info)))
times = as_near_by_chance(alike_positions(info))
chance = f"as high {times} times" if times else "never as high"
means = {"near": near, "far": far, "orders": ORDERS, "times": chance}
lead = text["places-lead"].format(**means, **told)
st.markdown(f"{lead} {text['places-not-found' if times else 'places-found']}")

st.subheader(text["ways"], anchor=False)
choose = text["ways-choose"] if images_of(info) == "emoji" else ""
st.markdown(f"{text['ways-lead'].format(**told)} {choose}")
with plain_errors():
    vectors = project(info, picture.pixels)
if vectors.twin is not None:
    largest = float(abs(vectors.own).max())
    apart = {"apart": f"{vectors.apart:.1e}", "largest": f"{largest:.1f}"}
    same = text["same" if vectors.apart else "same-exactly"]
    st.markdown(same.format(**apart, **told))
held_out(info, list(known.values()), text)
