"""From pixels to words: the same formula on one word of the look's translation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from pages.ui.bridge import bridge
from pages.ui.catalogue import ModelInfo
from pages.ui.models import explain, tokenize
from pages.ui.navigation import STOPS, page_link
from pages.ui.pieces import EOS, readable
from pages.ui.prose import escape_markdown
from pages.ui.state import Look
from pages.ui.subject import what
from pages.ui.take_away import camera, csv_button
from pages.ui.written_piece import written_piece


def bridge_panel(look: Look, info: ModelInfo, text: Mapping[str, str]) -> None:
    """The look's sentence and the piece of its translation that the look asks about. Raises
    `LookError` and `BundleError`."""
    from pages.figures.bridge import bridge_figure  # plotly comes after the first paint

    explained = explain(info, look.src, look.tgt)
    src, tgt = (*tokenize(info, look.src).ids, EOS), tuple(explained.tgt_ids)
    if tgt[-1] != EOS:
        tgt = (*tgt, EOS)
    written = [*explained.tgt_pieces[1:], "[EOS]"][: len(tgt) - 1]
    position = written_piece(look, written, text["piece"], "gradcam.piece")
    found = bridge(info, src, tgt, position)
    pieces = [readable(piece) for piece in explained.src_pieces]
    names = ("bridge-weights", "bridge-gradients", "bridge-product")
    numbers = (found.weights, found.gradients, found.product)
    titles = [f"{place}  {text[name]}" for place, name in enumerate(names, 1)]
    figure = bridge_figure(pieces, list(zip(titles, numbers, strict=True)), found.mean)
    st.plotly_chart(figure, theme=None, key="gradcam.bridge", config=camera("which-words"))
    st.markdown(_in_words(pieces, found.mean, readable(written[position].removeprefix(" ")), text))
    layer = info.layers["cross"] - 1
    tensor = f"decoder.layers.{layer}.cross_attention.weights[0, :, {position}]"
    origin = f"{what(info, look.src)} · {tensor}"
    st.caption(escape_markdown(origin))
    with st.container(horizontal=True, vertical_alignment="center"):
        csv_button(text["bridge-csv"], "which-words", origin, list(found.rows(pieces)))
        attention = next(stop for stop in STOPS if stop.url == "attention")
        page_link(attention, text["court"], panel="why", word=str(position + 1))


def _in_words(pieces: list[str], mean: np.ndarray, word: str, text: Mapping[str, str]) -> str:
    """Which source piece the word rests on most, in a sentence."""
    if mean.max() <= 0:
        return text["bridge-silent"].format(word=escape_markdown(word))
    first, second = (escape_markdown(pieces[place]) for place in np.argsort(-mean)[:2])
    share = mean.max() / mean.sum()
    return text["bridge-found"].format(
        word=escape_markdown(word), first=first, second=second, share=f"{share:.0%}"
    )
