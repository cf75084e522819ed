"""The map of the whole vocabulary: the points, and who is nearest to whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.cutting import counts_of
from pages.ui.kept import Kept, one_of
from pages.ui.layout import provenance
from pages.ui.map_controls import choose_piece, chosen_piece, map_controls
from pages.ui.map_maker import map_maker
from pages.ui.maps import Settings, map_points, read_maps
from pages.ui.models import tokenize
from pages.ui.script import near_script
from pages.ui.state import Look
from pages.ui.take_away import camera, csv_button
from pages.ui.vocabulary import (
    SIDES,
    Vocabulary,
    neighbours,
    own_pieces,
    vocabulary,
    vocabulary_control,
)
from pages.ui.word_views import MAP_KINDS, Counted, map_view

MOST_IN_3D = 5_000


@dataclass(frozen=True)
class Drawn:
    """A map of one vocabulary: how it was made, its points (V, 2 or 3), and what near means."""

    info: ModelInfo
    side: str
    words: Vocabulary
    settings: Settings
    points: np.ndarray
    measure: str

    @property
    def whose(self) -> str:
        """The vocabulary that a chosen piece belongs to; no key of a model has a slash."""
        return self.info.key if self.side == "src" else f"{self.info.key}/{self.side}"

    @property
    def title(self) -> str:
        """The method, the model, which of two vocabularies, and settings that are not the usual."""
        own, info = self.settings, self.info
        told = f"{own.near}" + f", {own.spread:g}" * (own.method == "UMAP")
        language = "" if info.joint else f", {info.languages[self.side == 'tgt']}"
        return f"{own.method} of {info.title}{language}" + f" ({told})" * (not own.usual)


def vocabulary_map(look: Look, info: ModelInfo, text: Mapping[str, str]) -> None:
    """Controls, map and neighbours, or what makes the map where there is none yet."""
    kept = Kept("map")
    with st.container(horizontal=True, gap="medium"):
        side = vocabulary_control(info, **kept.bound("side", "src", one_of(SIDES)))
        words = vocabulary(info, side)
        settings, measure = map_controls(kept, len(words.labels), text)
    points = map_points(info, side, settings)
    if points is None:
        kept.tell()
        map_maker(info, settings)
    else:
        _drawn(look, kept, Drawn(info, side, words, settings, points, measure), text)


def _drawn(look: Look, kept: Kept, drawn: Drawn, text: Mapping[str, str]) -> None:
    info, side, words = drawn.info, drawn.side, drawn.words
    own = own_pieces(info, look, side)
    chosen = chosen_piece(kept, drawn.whose, own, len(words.labels))
    kept.tell()
    near, values = neighbours(info, chosen, side, drawn.measure)
    flat = drawn.settings.dims == 2
    left, right = (st.container(), st.container()) if flat else st.columns([2.6, 1], gap="medium")
    if not flat:
        with left:
            _cloud(drawn, own, chosen, near, text)
    with right:
        choice = map_view(
            drawn.points if flat else None,
            words.labels,
            words.kinds,
            own=own,
            chosen=chosen,
            near=near,
            cosines=values,
            measure=drawn.measure,
            counted=_counted(info, side),
            script=near_script(info, side, chosen, drawn.measure, len(near)),
            cut=lambda text: tokenize(info, text, side).ids,
            title=drawn.title,
            key="map-flat" if flat else "map-side",
        )
    if choice not in (None, chosen):
        choose_piece(kept, drawn.whose, choice)
        st.rerun()
    st.markdown(_caption(drawn, text))
    provenance(look, info, f"{side}_embedding.weight", "v d", words.matrix.shape)


def _cloud(
    drawn: Drawn, own: Sequence[int], chosen: int, near: Sequence[int], text: Mapping[str, str]
) -> None:
    """The map in three dimensions, with its picture and its numbers to take away."""
    from pages.figures.cloud import cloud  # plotly comes after the first paint

    points, labels = drawn.points[:MOST_IN_3D], drawn.words.labels[:MOST_IN_3D]
    kinds = [MAP_KINDS[code] for code in drawn.words.kinds[:MOST_IN_3D]]
    figure = cloud(points, labels, kinds, own, chosen, near)
    config = camera("cloud-of-the-vocabulary", "png")
    st.plotly_chart(figure, theme=None, key="cloud", config=config)
    csv_button(text["cloud csv"], "cloud-of-the-vocabulary", drawn.title, places_of_cloud(drawn))


def places_of_cloud(drawn: Drawn) -> Iterator[Sequence[object]]:
    """A line for each piece, with the names of the columns before."""
    yield "id", "piece", "x", "y", "z"
    labels = enumerate(drawn.words.labels)
    yield from ((*row, *place) for row, place in zip(labels, drawn.points, strict=True))


def _counted(info: ModelInfo, side: str) -> Counted | None:
    counts = counts_of(info, side)
    if counts is None:
        return None
    return Counted(counts.tokens, f"{counts.texts:,} texts of {counts.data}")


def _caption(drawn: Drawn, text: Mapping[str, str]) -> str:
    """What the map keeps and what it does not."""
    points = drawn.points
    share = read_maps(drawn.info, drawn.side).share[: points.shape[1]].sum()
    caption = text[drawn.settings.method.lower()].format(
        share=f"{share:.0%}", dims=drawn.words.matrix.shape[1], measure=drawn.measure
    )
    if drawn.measure == "distance":
        caption = f"{caption} {text['euclid']}"
    if points.shape[1] == 2 or len(points) <= MOST_IN_3D:
        return caption
    count = text["frequent"].format(count=f"{MOST_IN_3D:,}", all=f"{len(points):,}")
    return f"{caption} {count}"
