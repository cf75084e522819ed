"""The tokenizer file: its parts in plain words, and its vocabulary to search and sort."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.components import mount, pack
from pages.ui.cutting import counts_of
from pages.ui.kept import Kept, one_of
from pages.ui.maps import identity
from pages.ui.models import load
from pages.ui.pieces import readable
from pages.ui.prose import escape_markdown, prose
from pages.ui.state import Look
from pages.ui.tokenizer_parts import parts_of
from pages.ui.vocabulary import SIDES, vocabulary_control

if TYPE_CHECKING:
    from transformer.tokenizer import Tokenizer


def file_panel(look: Look, info: ModelInfo) -> None:
    """The tree of the file and the browser of the vocabulary, of one side."""
    text = prose("tokens-file")
    st.markdown(text["lead"])
    kept = Kept("tokens")
    side = vocabulary_control(info, **kept.bound("side", "src", one_of(SIDES)))
    kept.tell()
    counts = counts_of(info, side)
    blob = _blob(identity(info), counts.data if counts else "", info, side)
    mount("file")(data=blob, key="tokens.file")
    if counts:
        st.caption(
            text["counted"].format(data=escape_markdown(counts.data), texts=f"{counts.texts:,}")
        )
    tokenizer = _tokenizer(info, side)
    st.download_button(
        text["save"],
        data=tokenizer.to_json,
        file_name=f"dawn-{info.key}-tokenizer.json",
        mime="application/json",
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
        key="tokens.file.json",
    )


def _tokenizer(info: ModelInfo, side: str) -> Tokenizer:
    bundle = load(info)
    return bundle.src_tokenizer if side == "src" else bundle.tgt_tokenizer


@st.cache_data(max_entries=4, show_spinner=False)
def _blob(identity: str, counted: str, _info: ModelInfo, side: str) -> bytes:
    tokenizer = _tokenizer(_info, side)
    counts = counts_of(_info, side)
    file = json.loads(tokenizer.to_json())
    labels = [tokenizer.label(number) for number in range(len(tokenizer))]
    header = {
        "parts": [part.to_dict() for part in parts_of(file)],
        "labels": [readable(label) for label in labels],
        "counted": counts.data if counts else "",
        "provenance": f"{_info.stand} · {'source' if side == 'src' else 'target'} tokenizer",
    }
    arrays = {"made": made_from(tokenizer, file), "lengths": lengths(tokenizer)}
    if counts:
        arrays["seen"] = np.array(counts.tokens, np.uint32)
    return pack(header, arrays)


def made_from(tokenizer: Tokenizer, file: dict[str, dict[str, list[list[str]]]]) -> np.ndarray:
    """For each piece the two that a merge made it from, and the merge's number from 1: uint32
    (V, 3), zeros for a piece that no merge makes."""
    made = np.zeros((len(tokenizer), 3), np.uint32)
    integers = tokenizer.backend.get_vocab()
    for rank, (left, right) in enumerate(file["model"].get("merges", []), 1):
        row = made[integers[left + right]]
        if not row[2]:  # the first merge that makes it
            row[:] = integers[left], integers[right], rank
    return made


def lengths(tokenizer: Tokenizer) -> np.ndarray:
    """Bytes of each piece of a byte-level vocabulary, characters of any other's: uint32 (V,)."""
    found = [len(str(tokenizer.backend.id_to_token(n))) for n in range(len(tokenizer))]
    return np.array(found, np.uint32)
