"""Why this word: six ways to explain one piece of a translation, judged by hiding pieces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from pages.ui.alignment_panel import alignment_panel
from pages.ui.catalogue import ModelInfo
from pages.ui.components import mount, pack
from pages.ui.court import Hearing, Hide, hear
from pages.ui.court_words import verdict
from pages.ui.errors import plain_errors
from pages.ui.models import tokenize
from pages.ui.navigation import refresh_links
from pages.ui.pieces import EOS, readable, spelled
from pages.ui.prose import prose
from pages.ui.results import Explained
from pages.ui.script import hearing_script
from pages.ui.state import Look, read_look, write_look
from pages.ui.subject import what
from pages.ui.take_away import camera, csv_button
from pages.ui.written_piece import written_piece

_HIDE = "court.hide"


def court_panel(look: Look, info: ModelInfo, explained: Explained) -> None:
    """The whole panel; a choice in it draws it again, and nothing else of the page."""
    text = prose("attention-court")
    st.markdown(text["lead"])
    cross = explained.attention()["cross"]
    labels = replace(explained, tensors={}, dims={})  # a fragment keeps what it is given
    st.fragment(_court)(look, info, labels, text)
    st.fragment(alignment_panel)(labels.src_pieces, labels.tgt_pieces, cross, text)


def _court(look: Look, info: ModelInfo, explained: Explained, text: Mapping[str, str]) -> None:
    refresh_links()  # a choice is committed in this fragment alone, and the menu is not drawn in it
    src = (*tokenize(info, look.src).ids, EOS)
    tgt = tuple(explained.tgt_ids)
    if tgt[-1] != EOS:
        tgt = (*tgt, EOS)  # why the translation ends here is a fair question too
    labels = [*explained.tgt_pieces[1:], "[EOS]"][: len(tgt) - 1]
    asked = read_look()  # of this moment: a fragment is given that of the page's last run
    position = written_piece(asked, labels, text["piece"], "court.piece")
    hide = _chosen_hide(asked, position, text)
    with plain_errors(stop=False), st.spinner("Hearing six methods …"):
        hearing = hear(info, src, tgt, position, hide)
        script = hearing_script(info, src, tgt, position)
        _answer(
            hearing,
            explained,
            labels,
            position,
            hide,
            text,
            _provenance(info, look.src, position, tgt),
            script,
        )


def _chosen_hide(look: Look, position: int, text: Mapping[str, str]) -> Hide:
    """What the curves hide; before the first piece there is no prefix."""
    if position == 0:
        return "source"
    names: dict[Hide, str] = {
        "source": "Source",
        "prefix": "What was written before",
        "both": "Both",
    }
    st.session_state[_HIDE] = look.hide
    chosen: Hide | None = st.segmented_control(
        text["hide"],
        list(names),
        format_func=lambda hide: names[hide],
        required=True,
        key=_HIDE,
        help=text["hide help"],
        on_change=lambda: write_look(hide=st.session_state[_HIDE] or "source"),
    )
    return chosen or "source"


def _provenance(info: ModelInfo, src: str, position: int, tgt: Sequence[int]) -> str:
    """Which number is explained, as the trace names it."""
    return f"{what(info, src)} · output.logits[0, {position}, {tgt[position + 1]}]"


def _answer(
    hearing: Hearing,
    explained: Explained,
    labels: Sequence[str],
    position: int,
    hide: Hide,
    text: Mapping[str, str],
    provenance: str,
    script: str,
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
        "hide": hide,
        "script": script,
        "provenance": f"{provenance} · chance has an area of {hearing.chance_area:.3f}",
    }
    mount("court")(
        data=pack(header, {"scores": hearing.scores, "ranks": hearing.ranks}), key="court"
    )
    st.caption(text["methods"])
    _curves(hearing, text, provenance)


def _curves(hearing: Hearing, text: Mapping[str, str], provenance: str) -> None:
    from pages.figures.deletion import deletion  # plotly comes after the first paint

    figure = deletion(hearing.hidden, hearing.curves, hearing.names, hearing.chance, hearing.best())
    st.plotly_chart(figure, theme=None, key="court.curves", config=camera("deletion-curves"))
    several = hearing.hidden[-1] > len(hearing.hidden) - 1
    steps = f" {text['curves steps']}" if several else ""
    st.caption(text["curves"].format(count=len(hearing.chance)) + steps)
    csv_button(text["curves csv"], "deletion-curves", provenance, curve_rows(hearing))


def curve_rows(hearing: Hearing) -> Iterator[Sequence[object]]:
    """The points of all curves: those of the methods, then those of each random order."""
    yield "curve", "hidden", "probability"
    chance = [f"chance {place}" for place in range(1, len(hearing.chance) + 1)]
    for name, curve in zip(
        [*hearing.names, *chance], [*hearing.curves, *hearing.chance], strict=True
    ):
        yield from ((name, count, p) for count, p in zip(hearing.hidden, curve, strict=True))
