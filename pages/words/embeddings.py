"""Embeddings: the map of the whole vocabulary, and who is nearest to whom."""

from __future__ import annotations

import streamlit as st

from pages.ui.axes_panel import axes_panel
from pages.ui.catalogue import find_model, list_models
from pages.ui.context_panel import context_panel
from pages.ui.kinds_panel import kinds_panel
from pages.ui.layout import page_header, prose, provenance, sentence_box
from pages.ui.map_maker import umap_maker
from pages.ui.maps import read_maps
from pages.ui.models import plain_errors
from pages.ui.panels import panel_choice
from pages.ui.state import read_look
from pages.ui.vocabulary import neighbours, own_pieces, vocabulary, vocabulary_control
from pages.ui.word_views import choose_piece, chosen_piece, map_view

MOST_IN_3D = 5_000

text = prose("embeddings")
look = read_look([info.key for info in list_models()])
page_header(text["title"], text["lead"])
sentence_box(look)

controls = st.container(horizontal=True, gap="medium")
with plain_errors():
    info = find_model(look.model)
    with controls:
        side = vocabulary_control(info)
    words = vocabulary(info, side)
    maps = read_maps(info, side)
    own = own_pieces(info, look, side)

with controls:
    how = st.segmented_control(
        "Projection", ["PCA", "UMAP"], default="PCA", required=True, key="map-how"
    )
    dims = st.segmented_control(
        "Dimensions", ["2-D", "3-D"], default="2-D", required=True, key="map-dims"
    )
flat = dims == "2-D"
points = maps.points(how, 2 if flat else 3)
if points is None:
    umap_maker(info)
    st.stop()

whose = info.key if side == "src" else f"{info.key}/{side}"  # no key of a model has a slash
chosen = chosen_piece(whose, own, len(words.labels))
near, cosines = neighbours(info, chosen, side)
width = words.matrix.shape[1]
left, right = (st.container(), st.container()) if flat else st.columns([2.6, 1], gap="medium")
if not flat:
    from pages.figures.cloud import cloud

    shown = points[:MOST_IN_3D]
    figure = cloud(shown, words.labels[:MOST_IN_3D], own, chosen, near)
    left.plotly_chart(figure, theme=None, key="cloud", config={"displaylogo": False})
with right:
    choice = map_view(
        points if flat else None,
        words.labels,
        words.kinds,
        own=own,
        chosen=chosen,
        near=near,
        cosines=cosines,
        title=f"{how} of {info.title}",
        key="map-flat" if flat else "map-side",
    )
if choice is not None:
    choose_piece(whose, choice)
    st.rerun()

caption = text[how.lower()].format(share=f"{maps.share[: points.shape[1]].sum():.0%}", dims=width)
if not flat and len(points) > MOST_IN_3D:
    caption += " " + text["frequent"].format(count=f"{MOST_IN_3D:,}", all=f"{len(points):,}")
st.markdown(caption)
provenance(look, info, f"{side}_embedding.weight", "v d", words.matrix.shape)

PANELS = {
    "context": "Contextless, then context",
    "axes": "Arithmetic and axes",
    "kinds": "Three kinds beside each other",
}
DRAW = {"context": context_panel, "axes": axes_panel, "kinds": kinds_panel}
panel = panel_choice(look, PANELS, text["lab"], "embeddings.panel")
if panel:
    with plain_errors():
        DRAW[panel](look, info)
