"""Why this word: six ways to explain one piece of a translation, judged by hiding pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from pages.ui.alignment_panel import alignment_panel
from pages.ui.catalogue import ModelInfo
from pages.ui.components import mount, pack
from pages.ui.court import Hearing, Hide, hear
from pages.ui.court_words import verdict
from pages.ui.models import Explained, plain_errors, tokenize
from pages.ui.pieces import readable, spelled
from pages.ui.prose import escape_markdown, prose
from pages.ui.state import Look

_PIECE, _OF, _HIDE = "court.piece", "court.of", "court.hide"
EOS = 3


def court_panel(look: Look, info: ModelInfo, explained: Explained) -> None:
    """The whole panel; a choice in it draws it again, and nothing else of the page."""
    text = prose("attention-court")
    st.markdown(text["lead"])
    cross = explained.attention()["cross"]
    labels = replace(explained, tensors={}, dims={})  # a fragment keeps what it is given
    st.fragment(_court)(look, info, labels, text)
    st.fragment(alignment_panel)(labels.src_pieces, labels.tgt_pieces, cross, text)


def _court(look: Look, info: ModelInfo, explained: Explained, text: Mapping[str, str]) -> None:
    src = (*tokenize(info, look.src).ids, EOS)
    tgt = tuple(explained.tgt_ids)
    if tgt[-1] != EOS:
        tgt = (*tgt, EOS)  # why the translation ends here is a fair question too
    labels = [*explained.tgt_pieces[1:], "[EOS]"][: len(tgt) - 1]
    position = _chosen_piece((src, tgt), labels, text)
    with plain_errors(stop=False), st.spinner("Hearing six methods …"):
        hearing = hear(info, src, tgt, position, _chosen_hide(position, text))
        _answer(hearing, explained, labels, position, text, _provenance(info, position, tgt))


def _chosen_piece(of: tuple[Sequence[int], ...], labels: list[str], text: Mapping[str, str]) -> int:
    """The output position that is asked about; in a new sentence that of the longest piece."""
    if st.session_state.get(_OF) != of or st.session_state.get(_PIECE) is None:
        st.session_state[_OF], st.session_state[_PIECE] = of, longest(labels)
    shown = distinct([escape_markdown(readable(label)) for label in labels])
    chosen = st.pills(
        text["piece"],
        range(len(labels)),
        format_func=shown.__getitem__,
        required=True,
        key=_PIECE,
    )
    return chosen or 0


def _chosen_hide(position: int, text: Mapping[str, str]) -> Hide:
    """What the curves hide; before the first piece there is no prefix."""
    if position == 0:
        return "source"
    names: dict[Hide, str] = {
        "source": "Source",
        "prefix": "What was written before",
        "both": "Both",
    }
    chosen = st.segmented_control(
        text["hide"],
        list(names),
        format_func=lambda hide: names[hide],
        default="source",
        required=True,
        key=_HIDE,
        help=text["hide help"],
    )
    return chosen or "source"


def distinct(labels: Sequence[str]) -> list[str]:
    """The labels, a repeated one followed by word joiners, which cannot be seen: the browser
    answers with a label, and of two alike the last would be taken for the first."""
    return [label + "\u2060" * labels[:place].count(label) for place, label in enumerate(labels)]


def longest(labels: Sequence[str]) -> int:
    """The place of the piece with most letters, as a rule one with a meaning of its own."""
    counts = [sum(c.isalpha() for c in label) * (label[:1] != "[") for label in labels]
    return int(np.argmax(counts))


def _provenance(info: ModelInfo, position: int, tgt: Sequence[int]) -> str:
    """Which number is explained, as the trace names it."""
    return f"{info.stand} · output.logits[0, {position}, {tgt[position + 1]}]"


def _answer(
    hearing: Hearing,
    explained: Explained,
    labels: Sequence[str],
    position: int,
    text: Mapping[str, str],
    provenance: str,
) -> None:
    with st.container(key="dawn-verdict"):
        st.markdown(verdict(hearing, readable(labels[position].removeprefix(" "))))
    pieces = [*explained.src_pieces, *explained.tgt_pieces[: position + 1]]
    best = hearing.best()
    header = {
        "labels": [spelled(piece) for piece in pieces],
        "src": len(explained.src_pieces),
        "prefix": position + 1,
        "start": int((hearing.ranks[best[0] if best else 0] == 1).argmax()),
        "rows": [
            {"name": name, "unit": unit, "signed": signed, "area": f"{area:.3f}", "best": n in best}
            for n, (name, unit, signed, area) in enumerate(
                zip(hearing.names, hearing.units, hearing.signed, hearing.areas, strict=True)
            )
        ],
        "provenance": f"{provenance} · chance has an area of {hearing.chance_area:.3f}",
    }
    mount("court")(
        data=pack(header, {"scores": hearing.scores, "ranks": hearing.ranks}), key="court"
    )
    st.caption(text["methods"])
    _curves(hearing, text)


def _curves(hearing: Hearing, text: Mapping[str, str]) -> None:
    from pages.figures.deletion import deletion  # plotly comes after the first paint

    figure = deletion(hearing.hidden, hearing.curves, hearing.names, hearing.chance, hearing.best())
    st.plotly_chart(figure, theme=None, key="court.curves", config={"displayModeBar": False})
    several = hearing.hidden[-1] > len(hearing.hidden) - 1
    steps = f" {text['curves steps']}" if several else ""
    st.caption(text["curves"].format(count=len(hearing.chance)) + steps)
