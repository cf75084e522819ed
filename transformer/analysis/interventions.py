"""Edits as functions for `tracing(model, edits=...)`: what each does to a tensor of the pass.

Switching off sets a head's output, `weights @ v`, to zero before W_O (Michel et al., 2019, section
2.2; Voita et al., 2019, prune heads of a translation model this way). Its mean instead keeps what
the head adds everywhere and takes away what it says of one position: in the encoder the mean over
all positions of the sentence, in the decoder over the positions up to each one, so that no position
learns of the future and a pass over a whole target equals decoding it step by step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from transformer.analysis.edits import Edited, Hide, Off, Row, edited_source
from transformer.analysis.position_edits import Moved
from transformer.analysis.positions_edited import TENSORS, moved
from transformer.tokenizer import EOS
from transformer.trace import Edit

if TYPE_CHECKING:
    from transformer.bundle import Bundle
    from transformer.model import Transformer

ATTENTION = {
    "encoder": "encoder.layers.{}.self_attention",
    "decoder": "decoder.layers.{}.self_attention",
    "cross": "decoder.layers.{}.cross_attention",
}
ROUNDING = 1e-5  # a row whose sum is this near to 1 is taken as it is


def prepare(
    bundle: Bundle, text: str, edits: Sequence[Edited]
) -> tuple[list[int], dict[str, Edit]]:
    """The ids that the model reads of `text`, `[EOS]` last, and the functions of the edits."""
    typed, encode = source_pieces(bundle, text)
    ids, places = edited_source(typed, edits, encode)
    return ids, functions(bundle.model, edits, places)


def source_pieces(
    bundle: Bundle, text: str
) -> tuple[list[int], Callable[[int, str], Sequence[int]]]:
    """The ids of `text` with `[EOS]`, and what `edited_source` encodes a replacement with.

    A replacement begins with a space where the piece did, because in byte-level pieces the space
    belongs to the word.
    """
    tokenizer = bundle.src_tokenizer
    typed = [*tokenizer.encode(text).ids, EOS]

    def encode(place: int, new: str) -> Sequence[int]:
        space = " " if tokenizer.label(typed[place - 1]).startswith(" ") else ""
        return tokenizer.encode(space + new).ids

    return typed, encode


def functions(
    model: Transformer, edits: Sequence[Edited], places: Sequence[Sequence[int]] = ()
) -> dict[str, Edit]:
    """Tensor name -> what is done to it; edits of one tensor follow each other.

    places[i] are the positions, from 0, that typed source piece i + 1 has in the source (see
    `edited_source`); only `Hide` asks for them.
    """
    wanted: dict[str, list[Edit]] = {}
    for edit in edits:
        for name, function in _made(model, edit, places):
            wanted.setdefault(name, []).append(function)
    return {name: _one_after_another(chain) for name, chain in wanted.items()}


def _one_after_another(chain: Sequence[Edit]) -> Edit:
    return lambda tensor: reduce(lambda x, edit: edit(x), chain, tensor)


def _made(
    model: Transformer, edit: Edited, places: Sequence[Sequence[int]]
) -> Iterable[tuple[str, Edit]]:
    if isinstance(edit, Off):
        head = slice(None) if edit.head is None else slice(edit.head - 1, edit.head)
        yield f"{tensor_of(edit.kind, edit.layer)}.heads", switched_off(edit.kind, head, edit.how)
    elif isinstance(edit, Row):
        yield f"{tensor_of(edit.kind, edit.layer)}.weights", row_written(edit)
    elif isinstance(edit, Moved):
        own = model.src_positions if edit.side == "encoder" else model.tgt_positions
        yield TENSORS[edit.side], moved(edit, own)
    elif isinstance(edit, Hide):
        for kind, count in (
            ("encoder", len(model.encoder.layers)),
            ("cross", len(model.decoder.layers)),
        ):
            for layer in range(1, count + 1):
                yield f"{tensor_of(kind, layer)}.scores", columns_hidden(places[edit.place - 1])


def tensor_of(kind: str, layer: int) -> str:
    """The attention of a layer, counted from 1, as tensor names call it."""
    return ATTENTION[kind].format(layer - 1)


def switched_off(kind: str, head: slice, how: str) -> Edit:
    """heads (B, H, T, K) with those of `head` at zero or at their mean over positions."""

    def edit(heads: Tensor) -> Tensor:
        out = heads.clone()
        out[:, head] = means(heads[:, head], causal=kind != "encoder") if how == "mean" else 0.0
        return out

    return edit


def means(heads: Tensor, causal: bool) -> Tensor:
    """heads (B, H, T, K) -> the mean over all T, or at each t over 0..t, of the same shape."""
    if not causal:
        return heads.mean(dim=2, keepdim=True).expand_as(heads)
    count = torch.arange(1, heads.size(2) + 1, device=heads.device, dtype=heads.dtype)
    return heads.cumsum(dim=2) / count[:, None]


def row_written(edit: Row) -> Edit:
    """weights (B, H, T, S) with one row written, brought to a sum of 1.

    While decoding, a target row that has not been written yet leaves the weights as they are. In
    the decoder's self-attention the keys behind the row's own stay at 0.
    """
    given = torch.tensor(edit.weights, dtype=torch.float64)
    total = given.sum()
    row = (given if abs(total - 1) < ROUNDING else given / total).float()

    def write(weights: Tensor) -> Tensor:
        if weights.size(2) < edit.row:
            return weights
        out = weights.clone()
        out[:, edit.head - 1, edit.row - 1, : len(row)] = row.to(weights)
        return out

    return write


def columns_hidden(columns: Sequence[int]) -> Edit:
    """scores (B, H, T, S) at minus infinity in some columns, so that softmax gives them exactly 0.

    The piece keeps its place, and whatever it computes is read by nobody: as if it were `[PAD]`.
    """
    return lambda scores: scores.index_fill(
        3, torch.tensor(columns, device=scores.device), -torch.inf
    )
