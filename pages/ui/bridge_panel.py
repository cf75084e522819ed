"""From pixels to words: the same formula on one word of the look's translation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from pages.ui.bridge import Bridge, bridge
from pages.ui.catalogue import ModelInfo
from pages.ui.components import mount, pack
from pages.ui.models import explain, tokenize
from pages.ui.navigation import STOPS, page_link
from pages.ui.pieces import EOS, readable, spelled
from pages.ui.prose import escape_markdown
from pages.ui.script import bridge_script
from pages.ui.state import Look
from pages.ui.subject import what
from pages.ui.written_piece import written_piece

_WEIGHTS, _GRADIENTS = 'case.weights("cross")[-1]', 'case.weight_gradients("cross")[-1]'
_PRODUCT = f"({_WEIGHTS} * {_GRADIENTS}).clamp(min=0)"
CELLS = tuple(f"{part}[HEAD, -1, PIECE]" for part in (_WEIGHTS, _GRADIENTS, _PRODUCT))
CELLS += (f"{_PRODUCT}.mean(0)[-1, PIECE]",)
"""Each part's cell in Python, given a `case`; the browser fills in which."""


def bridge_panel(look: Look, info: ModelInfo, text: Mapping[str, str]) -> None:
    """The look's sentence and the piece of its translation that the look asks about. Raises
    `LookError` and `BundleError`."""
    explained = explain(info, look.src, look.tgt)
    src, tgt = (*tokenize(info, look.src).ids, EOS), tuple(explained.tgt_ids)
    if tgt[-1] != EOS:
        tgt = (*tgt, EOS)
    written = [*explained.tgt_pieces[1:], "[EOS]"][: len(tgt) - 1]
    position = written_piece(look, written, text["piece"], "gradcam.piece")
    found = bridge(info, src, tgt, position)
    tensor = f"decoder.layers.{info.layers['cross'] - 1}.cross_attention.weights[0, :, {position}]"
    about = {
        "provenance": f"{what(info, look.src)} · {tensor}",
        "script": bridge_script(info, src, tgt, position),
    }
    pieces = explained.src_pieces
    mount("bridge")(data=bridge_blob(found, pieces, about, text), key="bridge")
    word = readable(written[position].removeprefix(" "))
    st.markdown(_in_words([readable(piece) for piece in pieces], found.mean, word, text))
    attention = next(stop for stop in STOPS if stop.url == "attention")
    page_link(attention, text["court"], panel="why", word=str(position + 1))


def bridge_blob(
    found: Bridge, pieces: Sequence[str], about: Mapping[str, Any], text: Mapping[str, str]
) -> bytes:
    """All of it as it is sent: the rows of the weights, of the derivatives, of the products, then
    that of their mean."""
    names = ("bridge-weights", "bridge-gradients", "bridge-product", "bridge-mean")
    header = {
        "labels": [spelled(piece) for piece in pieces],
        "heads": len(found.weights),
        "titles": [text[name] for name in names],
        "start": int(found.mean.argmax()),
        "cells": CELLS,
        **about,
    }
    numbers = np.vstack([found.weights, found.gradients, found.product, found.mean[None]])
    return pack(header, {"numbers": numbers.astype(np.float32)})


def _in_words(pieces: Sequence[str], mean: np.ndarray, word: str, text: Mapping[str, str]) -> str:
    """Which source piece the word rests on most, in a sentence."""
    if mean.max() <= 0:
        return text["bridge-silent"].format(word=escape_markdown(word))
    first, second = (escape_markdown(pieces[place]) for place in np.argsort(-mean)[:2])
    share = mean.max() / mean.sum()
    return text["bridge-found"].format(
        word=escape_markdown(word), first=first, second=second, share=f"{share:.0%}"
    )
