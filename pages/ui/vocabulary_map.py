"""The map of the whole vocabulary: how it is made, the points, and who is nearest to whom."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.layout import provenance
from pages.ui.map_maker import map_maker
from pages.ui.maps import Settings, map_points, read_maps
from pages.ui.state import Look
from pages.ui.vocabulary import (
    Vocabulary,
    neighbours,
    own_pieces,
    vocabulary,
    vocabulary_control,
)
from pages.ui.word_views import choose_piece, chosen_piece, map_view

MOST_IN_3D = 5_000
MEASURES = {"cosine": "Cosine", "distance": "Euclid"}
SLIDERS = {"UMAP": (2, 100, 15), "t-SNE": (5, 100, 30)}  # from, to, and where they stand at first


def vocabulary_map(look: Look, info: ModelInfo, text: Mapping[str, str]) -> None:
    """Controls, map and neighbours, or what makes the map where there is none yet."""
    with st.container(horizontal=True, gap="medium"):
        side = vocabulary_control(info)
        words = vocabulary(info, side)
        settings, measure = _controls(len(words.labels), text)
    points = map_points(info, side, settings)
    if points is None:
        map_maker(info, settings)
    else:
        _drawn(look, info, side, words, points, settings, measure, text)


def _controls(size: int, text: Mapping[str, str]) -> tuple[Settings, str]:
    how = st.segmented_control(
        "Projection", ["PCA", "UMAP", "t-SNE"], default="PCA", required=True, key="map-how"
    )
    dims = st.segmented_control(
        "Dimensions", ["2-D", "3-D"], default="2-D", required=True, key="map-dims"
    )
    measure = st.segmented_control(
        "Nearest by",
        list(MEASURES),
        default="cosine",
        format_func=MEASURES.__getitem__,
        required=True,
        key="map-measure",
    )
    near, spread, name = Settings().near, Settings().spread, how.lower()
    if how in SLIDERS:
        low, high, usual = SLIDERS[how]
        near = st.slider(
            text[f"near {name}"],
            low,
            max(low + 1, min(high, size - 1)),
            min(usual, size - 1),
            help=text[f"near {name} help"],
            key=f"map-near-{how}",
            width=170,
        )
    if how == "UMAP":
        spread = st.slider(
            text["spread"], 0.0, 0.9, spread, 0.05, help=text["spread help"], key="map-spread",
            width=170,
        )  # fmt: skip
    return Settings(how, 2 if dims == "2-D" else 3, near, round(spread, 2)), measure


def _drawn(
    look: Look,
    info: ModelInfo,
    side: str,
    words: Vocabulary,
    points: np.ndarray,
    settings: Settings,
    measure: str,
    text: Mapping[str, str],
) -> None:
    flat = settings.dims == 2
    own = own_pieces(info, look, side)
    whose = info.key if side == "src" else f"{info.key}/{side}"  # no key of a model has a slash
    chosen = chosen_piece(whose, own, len(words.labels))
    near, values = neighbours(info, chosen, side, measure)
    left, right = (st.container(), st.container()) if flat else st.columns([2.6, 1], gap="medium")
    if not flat:
        from pages.figures.cloud import cloud  # plotly comes after the first paint

        figure = cloud(points[:MOST_IN_3D], words.labels[:MOST_IN_3D], own, chosen, near)
        left.plotly_chart(figure, theme=None, key="cloud", config={"displaylogo": False})
    with right:
        choice = map_view(
            points if flat else None,
            words.labels,
            words.kinds,
            own=own,
            chosen=chosen,
            near=near,
            cosines=values,
            measure=measure,
            title=f"{settings.method} of {info.title}{_told(settings)}",
            key="map-flat" if flat else "map-side",
        )
    if choice is not None:
        choose_piece(whose, choice)
        st.rerun()
    st.markdown(_caption(info, side, words, points, settings, measure, text))
    provenance(look, info, f"{side}_embedding.weight", "v d", words.matrix.shape)


def _told(settings: Settings) -> str:
    """The settings of a map that is not one of the usual."""
    if settings.usual:
        return ""
    return f" ({settings.near}" + f", {settings.spread:g}" * (settings.method == "UMAP") + ")"


def _caption(
    info: ModelInfo,
    side: str,
    words: Vocabulary,
    points: np.ndarray,
    settings: Settings,
    measure: str,
    text: Mapping[str, str],
) -> str:
    """What the map keeps and what it does not."""
    share = read_maps(info, side).share[: points.shape[1]].sum()
    caption = text[settings.method.lower()].format(
        share=f"{share:.0%}", dims=words.matrix.shape[1], measure=measure
    )
    if measure == "distance":
        caption = f"{caption} {text['euclid']}"
    if settings.dims == 2 or len(points) <= MOST_IN_3D:
        return caption
    count = text["frequent"].format(count=f"{MOST_IN_3D:,}", all=f"{len(points):,}")
    return f"{caption} {count}"
