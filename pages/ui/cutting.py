"""From a text to integers and rows, step by step, as the blob of the view "merges"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo, stamp_of
from pages.ui.components import pack
from pages.ui.models import embedding_matrix, load
from pages.ui.pieces import spelled, visible
from transformer.analysis.counts import FILE, Counts, load_counts
from transformer.analysis.merges import merge_ranks, normalised, pre_tokens, replay

if TYPE_CHECKING:
    from transformer.tokenizer import Tokenizer

SHOWN_DIMS = 6
UNK = 1


def cutting_blob(info: ModelInfo, text: str, provenance: str) -> bytes:
    """Every step of the source tokenizer on `text`, with the rows that its pieces pick.

    Raises ValueError, one sentence, for a tokenizer whose steps cannot be replayed.
    """
    tokenizer = load(info).src_tokenizer
    ranks = ranks_of(info)
    counts = counts_of(info)
    words = [_word(tokenizer, word, ranks, counts) for word in pre_tokens(tokenizer, text)]
    distinct = list(dict.fromkeys(piece["id"] for word in words for piece in word["pieces"]))
    matrix = embedding_matrix(info)[0]
    rest = normalised(tokenizer, text)
    header = {
        "text": visible(text) if text else [],
        "normalised": visible(rest) if rest else [],
        "unchanged": rest == text,
        "merging": tokenizer.is_byte_level,
        "words": words,
        "rows": distinct,
        "counted": counts.data if counts else "",
        "back": visible(back) if (back := tokenizer.decode(tokenizer.encode(text).ids)) else [],
        "returned": back == text,
        "vocabulary": len(tokenizer),
        "dims": matrix.shape[1],
        "provenance": provenance,
    }
    return pack(header, {"values": np.asarray(matrix[distinct, :SHOWN_DIMS], np.float32)})


def ranks_of(info: ModelInfo) -> dict[tuple[str, str], int]:
    """The merges of the model's source tokenizer; empty where words are its pieces."""
    return _ranks(str(info.folder), stamp_of(info.folder), info)


def counts_of(info: ModelInfo, side: str = "src") -> Counts | None:
    """What the model's bundle says of how often merges and tokens occur; None where it does not."""
    file = info.folder / FILE
    written = file.stat().st_mtime_ns if file.is_file() else 0
    return _counts(str(info.folder), (*stamp_of(info.folder), written), info, side)


def _word(
    tokenizer: Tokenizer, word: str, ranks: dict[tuple[str, str], int], counts: Counts | None
) -> dict[str, Any]:
    """A pre-token, the merges it goes through, and the pieces that it ends in."""
    if not tokenizer.is_byte_level:
        whole = visible(word)
        piece = _piece(tokenizer, word)
        return {"label": whole, "start": [whole], "ranks": [], "merges": [], "pieces": [piece]}
    found = replay(word, ranks)
    tokens, merges = list(found.start), []
    for merge in found.merges:
        made = tokens[merge.place] + tokens[merge.place + 1]
        tokens[merge.place : merge.place + 2] = [made]
        seen = counts.merges[merge.rank] if counts else None
        label = _piece(tokenizer, made)["label"]
        merges.append([merge.rank, merge.place, merge.left, merge.right, seen, label])
    return {
        "label": spelled(str(tokenizer.backend.decoder.decode([word]))),
        "start": [_piece(tokenizer, character)["label"] for character in found.start],
        "ranks": list(found.ranks),
        "merges": merges,
        "pieces": [_piece(tokenizer, token) for token in tokens],
    }


def _piece(tokenizer: Tokenizer, token: str) -> dict[str, Any]:
    """A token with its integer and its label; [UNK] where the vocabulary does not hold it."""
    number = tokenizer.backend.token_to_id(token)
    number = UNK if number is None else number
    return {"id": number, "label": spelled(tokenizer.label(number))}


@st.cache_resource(max_entries=4, show_spinner=False)
def _ranks(folder: str, stamp: tuple[int, ...], _info: ModelInfo) -> dict[tuple[str, str], int]:
    tokenizer = load(_info).src_tokenizer
    return merge_ranks(tokenizer) if tokenizer.is_byte_level else {}


@st.cache_resource(max_entries=4, show_spinner=False)
def _counts(folder: str, stamp: tuple[int, ...], _info: ModelInfo, side: str) -> Counts | None:
    bundle = load(_info)
    if side == "src":
        return load_counts(_info.folder, side, bundle.src_tokenizer)
    return load_counts(_info.folder, side, bundle.tgt_tokenizer)
