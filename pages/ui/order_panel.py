"""Three kinds of positions beside each other: a sentence, and its words in another order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st

from pages.ui.catalogue import LookError, ModelInfo, list_models
from pages.ui.edit_result import sentences
from pages.ui.held_out import scores
from pages.ui.kept import Kept, up_to
from pages.ui.layout import notice
from pages.ui.models import tokenize, translate
from pages.ui.outcome import nats
from pages.ui.prose import escape_markdown, prose
from pages.ui.results import Translation
from pages.ui.state import MAX_CHARS, Look
from pages.ui.stepwise import all_done
from pages.ui.take_away import csv_button
from pages.ui.trained_alike import trained_alike

NAMES = {"sinusoidal": "Sinusoids", "learned": "Learned", "none": "No positions"}
TRAIN = "python -m trainer run --preset nano --positions {kind}"


@dataclass(frozen=True)
class Pair:
    """A model's translations of a sentence and of its words in another order."""

    info: ModelInfo
    own: Translation
    turned: Translation
    same_pieces: bool


def order_panel(look: Look, info: ModelInfo) -> None:
    """A column for each kind of positions: models that are trained alike, or how to train one."""
    text = prose("positions-kinds")
    st.markdown(text["lead"])
    if opposite(look.src) == " ".join(look.src.split()):
        notice(text["short"])
        return
    turned = other_order(look.src, text)
    models = trained_alike(info, list_models())
    steps = [
        partial(_try, translate, model, words)
        for model in models.values()
        if model is not None
        for words in (look.src, turned)
    ]
    if not all_done("kinds", text["translating"], steps, (info.key, look.src, turned)):
        return
    found: list[Pair] = []
    for (kind, name), column in zip(NAMES.items(), st.columns(3, gap="medium"), strict=True):
        with column:
            st.markdown(f"**{name}**")
            if shown := models[kind]:
                found += _column(shown, look.src, turned, text)
            else:
                st.caption(text["missing"])
                st.code(TRAIN.format(kind=kind), language="bash", wrap_lines=True)
    st.caption(text["note"])
    if found:
        origin = f"“{look.src}” and “{turned}”"
        csv_button(text["csv"], "kinds-of-positions", origin, rows_of(found, turned))


def _try(do: Callable[[ModelInfo, str], object], info: ModelInfo, words: str) -> None:
    """Ahead of its column, which tells what went wrong."""
    with suppress(LookError):
        do(info, words)


def other_order(src: str, text: Mapping[str, str]) -> str:
    """The words of the sentence as a person has put them, backwards where nobody has."""
    kept, backwards = Kept("positions"), opposite(src)
    settings = kept.bound("order", backwards, up_to(MAX_CHARS))
    typed = st.text_input(text["turned"], max_chars=MAX_CHARS, help=text["swap"], **settings)
    kept.tell()
    if typed.split() == src.split():
        notice(text["same order"])
        return backwards
    if bag(typed) != bag(src):
        notice(text["others"].format(words=typed) if typed.strip() else text["empty"])
        return backwards
    return typed


def bag(text: str) -> Counter[str]:
    """Words and signs without their order."""
    return Counter(re.findall(r"\w+|[^\w\s]", text))


def opposite(text: str) -> str:
    """The words of a sentence, the last one first."""
    return " ".join(reversed(text.split()))


def _column(info: ModelInfo, src: str, turned: str, text: Mapping[str, str]) -> list[Pair]:
    nll = held_out(info.folder)
    told = [] if nll is None else [text["held out"].format(nll=f"{nll:.3f}")]
    st.caption(" · ".join([escape_markdown(info.stand), *told]))
    try:
        pieces = [sorted(tokenize(info, words).ids) for words in (src, turned)]
        pair = Pair(
            info, translate(info, src)[0], translate(info, turned)[0], pieces[0] == pieces[1]
        )
    except LookError as error:  # this model may take fewer tokens than the one on show
        notice(str(error), "warning")
        return []
    sentences(
        ("in your order", pair.own.text, _likely(pair.own)),
        ("in the other order", pair.turned.text, _likely(pair.turned)),
    )
    st.markdown(verdict(pair, text))
    return [pair]


def _likely(found: Translation) -> str:
    return f"log P {nats(found.log_prob)} nats"


def verdict(pair: Pair, text: Mapping[str, str]) -> str:
    """Whether the order of the words made a difference."""
    if pair.own.ids != pair.turned.ids:
        return text["differs"]
    bag = pair.info.positions == "none" and pair.same_pieces
    return text["alike none" if bag else "alike"]


def held_out(folder: Path) -> float | None:
    """The last loss on the pairs held out that a bundle's `metrics.jsonl` tells, in nats a token;
    None where it tells none."""
    return scores(folder).get("val/nll")


def rows_of(found: Sequence[Pair], turned: str) -> Iterator[Sequence[object]]:
    """What each model writes for either order."""
    yield "positions", "model", "source", "translation", "log P, nats"
    for pair in found:
        kind, stand = pair.info.positions, pair.info.stand
        yield kind, stand, "in its own order", pair.own.text, pair.own.log_prob
        yield kind, stand, turned, pair.turned.text, pair.turned.log_prob
