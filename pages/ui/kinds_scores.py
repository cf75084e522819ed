"""How near the two words of a pair are under each kind of vector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import streamlit as st

from pages.ui.catalogue import LookError, ModelInfo
from pages.ui.errors import plain_errors
from pages.ui.kept import Kept, one_of
from pages.ui.kinds import KINDS, Score, score_kind
from pages.ui.take_away import camera, csv_button
from pages.ui.vocabulary import shown_side, vocabulary

MEASURES = {"hits": "Among the ten nearest", "reciprocal": "Mean reciprocal rank"}


def kinds_scores(info: ModelInfo, kept: Kept, text: Mapping[str, str]) -> None:
    """A bar for each list and kind."""
    from pages.figures.kinds import pair_scores
    from transformer.analysis.pairs import chance_of_hit, chance_reciprocal

    st.subheader(text["score title"], anchor=False)
    measure = st.segmented_control(
        text["measure"], list(MEASURES), format_func=MEASURES.__getitem__, required=True,
        label_visibility="collapsed", **kept.bound("measure", "hits", one_of(MEASURES)),
    )  # fmt: skip
    kept.tell()
    with plain_errors(stop=False):
        side = shown_side(info)
        found = {name: score_kind(info, kind, side) for kind, name in KINDS.items()}
        found = {name: scores for name, scores in found.items() if scores}
        if not found:
            raise LookError("No pair of these lists is made of single pieces of this vocabulary.")
        first = next(iter(found.values()))
        size = len(vocabulary(info, side).labels)
        chance = (chance_of_hit if measure == "hits" else chance_reciprocal)(size)
        figure = pair_scores(
            [f"{score.name} ({score.count})" for score in first],
            {name: [getattr(s, measure) for s in scores] for name, scores in found.items()},
            chance,
            MEASURES[measure].lower(),
        )
        st.plotly_chart(figure, theme=None, key="kinds.scores", config=camera("pairs"))
        st.caption(text["score"].format(chance=f"{chance:.4f}", size=f"{size:,}"))
        csv_button(text["score csv"], "pairs", f"{info.stand} · three kinds", _score_rows(found))


def _score_rows(found: Mapping[str, Sequence[Score]]) -> Iterator[Sequence[object]]:
    yield "kind", "list", "pairs", "among the ten nearest", "mean reciprocal rank"
    for name, scores in found.items():
        yield from ((name, s.name, s.count, s.hits, s.reciprocal) for s in scores)
