"""The model's width as heads: its matrices in blocks, and one wide head beside the model's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo, stamp_of
from pages.ui.components import AXES, mount, pack
from pages.ui.models import explain, load
from pages.ui.pieces import readable
from pages.ui.results import KINDS, Explained
from pages.ui.state import Look
from pages.ui.subject import what

MATRICES = ("w_q", "w_k", "w_v", "w_o")
MOST_CELLS = 64  # along a side of a drawn matrix


@dataclass(frozen=True)
class Widths:
    """One attention of a model on one sentence, with queries of T pieces and keys of S.

    matrices maps "w_q" ... to coarse weights (cells, cells); one (T, S) are the weights of a single
    head of all features. own and single are what the model's heads and that one cost, and whole
    what as many heads would, each as wide as the model: by the names of `head_groups.Cost`.
    """

    matrices: dict[str, np.ndarray]
    one: np.ndarray
    single: dict[str, int]
    own: dict[str, int]
    whole: dict[str, int]


def module_name(look: Look) -> str:
    """The attention of the look's kind and layer, as tensors are named."""
    return KINDS[look.kind].format(layer=look.layer_index)


def widths(info: ModelInfo, look: Look) -> tuple[Explained, Widths]:
    """The pass over the look's sentence, and what its heads are beside a single one. Raises
    `LookError` and `BundleError`."""
    explained = explain(info, look.src, look.tgt)
    target = tuple(explained.tgt_ids[1:])
    stamp = stamp_of(info.folder)
    return explained, _widths(info, stamp, look.src, target, look.kind, module_name(look))


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs={ModelInfo: lambda info: info.key})
def _widths(
    info: ModelInfo, stamp: tuple[int, ...], src: str, target: tuple[int, ...], kind: str, name: str
) -> Widths:
    import torch

    from transformer.analysis.head_groups import as_one_head, coarse, cost
    from transformer.attention import MultiHeadAttention
    from transformer.masks import causal_mask

    tensors = explain(info, src, target).tensors
    q, k = (torch.from_numpy(tensors[f"{name}.{one}"][0]) for one in ("q", "k"))
    attention = load(info).model.get_submodule(name)
    assert isinstance(attention, MultiHeadAttention)
    single = MultiHeadAttention(info.d_model, 1)
    allowed = causal_mask(q.shape[1])[0, 0] if kind == "decoder" else None
    with torch.no_grad():
        matrices = {
            one: coarse(getattr(attention, one).weight, cells_of(info)).numpy() for one in MATRICES
        }
    lengths = q.shape[1], k.shape[1]
    one_head, own = (cost(one, *lengths)._asdict() for one in (single, attention))
    whole = {name: info.heads * number for name, number in one_head.items()}
    return Widths(matrices, as_one_head(q, k, allowed).numpy(), one_head, own, whole)


def cells_of(info: ModelInfo) -> int:
    """How many squares a side of a matrix is drawn in: each head has as many, each square a whole
    number of weights."""
    d_k = info.d_model // info.heads
    sides = (info.heads * share for share in range(1, d_k + 1) if d_k % share == 0)
    return max((side for side in sides if side <= MOST_CELLS), default=info.heads)


def head_blocks(look: Look, info: ModelInfo, explained: Explained, found: Widths) -> None:
    """The component, on one attention of the model."""
    mount("blocks")(data=blocks_blob(look, info, explained, found), key="blocks")


def blocks_blob(look: Look, info: ModelInfo, explained: Explained, found: Widths) -> bytes:
    """Matrices and maps as halves; labels of rows and columns as a person reads them."""
    name = module_name(look)
    pieces = {"src": explained.src_pieces, "tgt": explained.tgt_pieces}
    rows, columns = ([readable(piece) for piece in pieces[axis]] for axis in AXES[look.kind])
    maps = explained.tensors[f"{name}.weights"][0]
    header = {
        "heads": info.heads,
        "width": info.d_model,
        "cells": cells_of(info),
        "rows": rows,
        "columns": columns,
        "file": f"heads-{info.key}-{look.kind}-{look.layer}",
        "provenance": f"{what(info, look.src)} · {look.kind} layer {look.layer}",
        "tensor": f"{name}.weights",
        "dims": f"{explained.dims[f'{name}.weights']} = " + " × ".join(map(str, (1, *maps.shape))),
    }
    arrays = {**found.matrices, "maps": maps, "one": found.one}
    return pack(header, {name: array.astype(np.float16) for name, array in arrays.items()})


COSTS = {
    "parameters": "numbers to learn",
    "projections": "multiplications: W_Q, W_K, W_V, W_O",
    "scores": "multiplications: queries with keys",
    "sums": "multiplications: weights with values",
    "weights": "weights out of the softmax",
}


def cost_rows(info: ModelInfo, found: Widths) -> Iterator[Sequence[object]]:
    """What one head, the model's own and uncut ones cost, with the names of the columns first."""
    wide, own = info.d_model, info.d_model // info.heads
    yield "what", f"1 head of {wide}", f"{info.heads} of {own}", f"{info.heads} of {wide}"
    for name, told in COSTS.items():
        yield told, found.single[name], found.own[name], found.whole[name]
