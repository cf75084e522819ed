"""Three kinds beside each other: vectors before training, counted in a text, and learned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import streamlit as st

from pages.ui import background
from pages.ui.axes import word_of
from pages.ui.catalogue import LookError, ModelInfo
from pages.ui.kinds import (
    KINDS,
    Score,
    counted_file,
    kind_rows,
    near_rows,
    own_plane,
    score_kind,
    start_counting,
)
from pages.ui.layout import notice, provenance
from pages.ui.models import plain_errors
from pages.ui.prose import escape_markdown, prose
from pages.ui.state import Look, read_look
from pages.ui.take_away import camera, csv_button
from pages.ui.vocabulary import shown_side, vocabulary

WORDS = "red, blue, green, man, woman, boy, girl, one, two, three, file, files, row, rows, go, went"
MOST, NEAR = 40, 8
MEASURES = {"hits": "Among the ten nearest", "reciprocal": "Mean reciprocal rank"}
_ASKED = "kinds.asked"


def kinds_panel(look: Look, info: ModelInfo) -> None:
    """Maps and neighbours of the same words in three columns, then the scores."""
    text = prose("embeddings-kinds")
    st.markdown(text["lead"])
    with plain_errors(stop=False):
        _counting(info, text)
        st.fragment(_words)(info, text)
        st.fragment(_scores)(info, text)


def _counting(info: ModelInfo, text: Mapping[str, str]) -> None:
    """What stands in the place of the counted vectors until somebody has made them."""
    out = counted_file(info)
    if out.is_file():
        return
    if background.progress(out) is not None:
        background.follow(out, text["counting"], share_done)
        return
    problem = background.problem(out)
    if problem:
        notice(f"The last attempt failed: {problem.rstrip('.')}. Try again.", "warning")
    st.markdown(text["why"])
    if st.button(text["count"], type="primary", icon=":material/functions:"):
        try:
            start_counting(info)
        except OSError as error:
            reason = error.strerror or str(error)
            notice(f"The vectors cannot be kept beside the runs ({reason}): free some space.")
            return
        st.rerun()


def share_done(words: str) -> float:
    """How far the child process has come, 0..1, by its own words; the last step takes longest."""
    found = re.search(r"Step (\d) of 4(?:: line ([\d,]+) of ([\d,]+))?", words)
    if found is None:
        return 0.0
    step = int(found[1])
    if step > 1:
        return (0, 0, 0.3, 0.4, 0.45)[min(step, 4)]
    done, total = (int((number or "0").replace(",", "")) for number in found.groups()[1:])
    return 0.3 * done / max(1, total)


def _words(info: ModelInfo, text: Mapping[str, str]) -> None:
    kept = st.session_state.setdefault(_ASKED, WORDS)
    st.session_state["kinds.words"] = kept
    asked = st.text_input(
        text["words"], key="kinds.words", max_chars=400, help=text["words help"],
        on_change=lambda: st.session_state.update({_ASKED: st.session_state["kinds.words"]}),
    )  # fmt: skip
    with plain_errors(stop=False):
        side = shown_side(info)
        ids, left_out = _pieces(info, asked, side)
        labels = [vocabulary(info, side).labels[number] for number in ids]
        if left_out:
            st.caption(text["left out"].format(words=escape_markdown(", ".join(left_out))))
        row = st.pills(
            text["near"], ids, default=ids[0], required=True, key=f"kinds.row {hash(tuple(ids))}",
            format_func=lambda number: escape_markdown(labels[ids.index(number)]),
        )  # fmt: skip
        _columns(info, side, ids, labels, int(row or ids[0]), text)


def _pieces(info: ModelInfo, asked: str, side: str) -> tuple[list[int], list[str]]:
    """The words that are single pieces, each once, and those that are not. Raises `LookError`."""
    words = list(dict.fromkeys(word.strip() for word in asked.split(",") if word.strip()))
    found = {word: word_of(info, word, side) for word in words[:MOST]}
    ids = list(dict.fromkeys(word[0] for word in found.values() if len(word) == 1))
    if not ids:
        raise LookError("None of these words is a single piece of this vocabulary: try others.")
    return ids, [word for word, pieces in found.items() if len(pieces) > 1] + words[MOST:]


def _columns(
    info: ModelInfo,
    side: str,
    ids: list[int],
    labels: list[str],
    row: int,
    text: Mapping[str, str],
) -> None:
    from pages.figures.directions import candidates
    from pages.figures.kinds import COLOURS, few_words  # plotly comes after the first paint

    known, told = vocabulary(info, side).labels, []
    for (kind, name), column in zip(
        KINDS.items(), st.columns(len(KINDS), gap="medium"), strict=True
    ):
        rows, colour = kind_rows(info, kind, side), COLOURS[name]
        with column:
            st.markdown(f"**{name}**")
            st.caption(text[kind])
            if rows is None:
                st.caption(text["not yet"])
                continue
            figure = few_words(own_plane(rows, ids), labels, ids.index(row), colour)
            st.plotly_chart(figure, theme=None, key=f"kinds.map.{kind}", config=camera(kind))
            near, cosines = near_rows(rows, row, NEAR)
            if not near:
                st.caption(text["unseen"])
                continue
            figure = candidates([known[n] for n in near], cosines, [False] * len(near), colour)
            figure.update_xaxes(range=[0, 1])  # the same for all three, so that bars compare
            st.plotly_chart(figure, theme=None, key=f"kinds.near.{kind}", config=camera(kind))
            told += [(name, known[row], known[n], c) for n, c in zip(near, cosines, strict=True)]
    st.caption(text["maps"])
    provenance(read_look(), info, f"{side}_embedding.weight", "v d", (len(known), info.d_model))
    columns = ("kind", "word", "neighbour", "cosine")
    csv_button(text["near csv"], "neighbours", f"{info.stand} · three kinds", [columns, *told])


def _scores(info: ModelInfo, text: Mapping[str, str]) -> None:
    from pages.figures.kinds import pair_scores
    from transformer.analysis.pairs import chance_of_hit, chance_reciprocal

    st.subheader(text["score title"], anchor=False)
    measure = st.segmented_control(
        text["measure"], list(MEASURES), default="hits", format_func=MEASURES.__getitem__,
        required=True, key="kinds.measure", label_visibility="collapsed",
    )  # fmt: skip
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
