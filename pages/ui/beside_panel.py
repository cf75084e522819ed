"""Side by side: the sentence and its translation as several tokenizers cut them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.ui.beside import Cutter, cutters, making
from pages.ui.catalogue import ModelInfo
from pages.ui.components import mount, pack
from pages.ui.models import check_text, translate
from pages.ui.pieces import spelled
from pages.ui.prose import prose
from pages.ui.state import Look
from pages.ui.stepwise import all_done
from pages.ui.subject import what

MOST_DRAWN = 400


def beside_panel(look: Look, info: ModelInfo) -> None:
    """The same two texts, cut in every way, with what can be counted of them."""
    text = prose("tokens-beside")
    st.markdown(text["lead"])
    if not all_done("beside", text["cutting"], making()):
        return
    ways = cutters(info)
    mount("beside")(data=beside_blob(look, info, ways), key="beside")
    st.caption(text["read" if len(ways) > 4 else "no openai"])


def beside_blob(look: Look, info: ModelInfo, ways: Sequence[Cutter]) -> bytes:
    """The sentence and its translation, or the target that was typed, cut in each of `ways`.

    Raises `LookError` for a sentence that is blank or too long.
    """
    check_text(info, look.src)
    target = translate(info, look.src)[0].text if look.tgt is None else look.tgt
    texts = (look.src, target)
    header = {
        "languages": list(info.languages),
        "texts": [{"words": len(one.split()), "characters": len(one)} for one in texts],
        "ways": [_way(cutter, texts) for cutter in ways],
        "provenance": f"{what(info, look.src)} · “{target}”",
    }
    return pack(header, {})


def _way(cutter: Cutter, texts: tuple[str, str]) -> dict[str, Any]:
    cuts = []
    for side, one in enumerate(texts):
        pieces = cutter.cut(one, side)
        drawn = [[spelled(label), number] for label, number in pieces[:MOST_DRAWN]]
        unknown = sum(number == cutter.unknown for _, number in pieces)
        cuts.append({"pieces": drawn, "count": len(pieces), "unknown": unknown})
    sizes = [cutter.size(side) for side in (0, 1)]
    return {"name": cutter.name, "about": cutter.about, "sizes": sizes, "cuts": cuts}
