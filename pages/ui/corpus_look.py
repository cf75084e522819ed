"""The training text before a run begins: how much, how long, a few pairs, what was left out."""

from __future__ import annotations

import html
import os
import random
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from pages.figures.plan import lengths
from pages.ui.layout import notice
from trainer.config import TrainConfig
from trainer.corpora import DataError, load_data

_SAMPLES = 10
_PLAIN = {"displayModeBar": False}


@dataclass(frozen=True)
class TextLook:
    """words: of each sentence, source and target. rows: name, pairs, licence, what was dropped."""

    words: tuple[list[int], list[int]]
    rows: list[tuple[str, int, str | None, dict[str, int]]]
    samples: list[tuple[str, str]]


def corpus_look(config: TrainConfig, text: Mapping[str, str]) -> None:
    """A switch, and behind it the text; nothing is read before somebody asks for it."""
    if not st.toggle("Look at the training text", key="plan.text"):
        return
    try:
        with st.spinner("Reading the training text …"):
            seen = _look(config.data, stamps(config.data))
    except DataError as error:
        notice(str(error), "warning")
        return
    st.html(_rows(seen))
    st.plotly_chart(
        lengths(*seen.words, (config.src_language, config.tgt_language)),
        theme=None,
        key="plan.lengths",
        config=_PLAIN,
    )
    st.caption(text["samples of text"])
    pairs = "".join(
        f"<li><span>{html.escape(source)}</span><p>{html.escape(target)}</p></li>"
        for source, target in seen.samples
    )
    with st.container(height=320, key="plan-samples"):
        st.html(f'<ul class="run-pairs">{pairs}</ul>')


def stamps(data: str) -> tuple[int, ...]:
    """When the files of a data spec were last changed; 0 for what is no file."""
    found = []
    for part in data.split(","):
        name, colon, cap = part.strip().rpartition(":")
        path = os.path.expanduser(name if colon and cap.isdigit() else part.strip())
        found.append(os.stat(path).st_mtime_ns if os.path.isfile(path) else 0)
    return tuple(found)


@st.cache_data(max_entries=8, show_spinner=False)
def _look(data: str, stamps: tuple[int, ...]) -> TextLook:
    corpora = load_data(data)
    pairs = [pair for corpus in corpora for pair in corpus.pairs]
    source, target = ([len(pair[side].split()) for pair in pairs] for side in (0, 1))
    return TextLook(
        (source, target),
        [(c.name, len(c.pairs), c.licence, c.dropped) for c in corpora],
        random.Random(0).sample(pairs, min(_SAMPLES, len(pairs))),
    )


def _rows(seen: TextLook) -> str:
    rows = []
    for name, count, licence, dropped in seen.rows:
        left = "; ".join(f"{number:,} {why}" for why, number in dropped.items()) or "nothing"
        rows.append(
            f"<tr><td>{html.escape(os.path.basename(name))}</td><td>{count:,}</td>"
            f"<td>{html.escape(licence or 'yours')}</td><td>{html.escape(left)}</td></tr>"
        )
    mean = [sum(words) / max(1, len(words)) for words in seen.words]
    head = "".join(f"<th>{name}</th>" for name in ("Text", "Pairs", "Licence", "Left out"))
    return (
        f'<table class="plan-text"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody>'
        f"</table><p>{mean[0]:.1f} words to a source sentence, {mean[1]:.1f} to a target.</p>"
    )
