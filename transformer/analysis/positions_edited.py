"""Other positions for the pieces of a side, as functions for `tracing(model, edits=...)`.

The encoder knows its whole sentence. The decoder does not know how long its own will be, so there
what becomes of a position may not depend on what is written after it: a pass over a whole target
then equals decoding it piece by piece. Its order is reversed by counting down from 0, and shuffled
within each BLOCK of positions.
"""

from __future__ import annotations

import torch
from torch import Tensor

from transformer.analysis.position_edits import Moved
from transformer.positions import Positions
from transformer.trace import Edit

TENSORS = {"encoder": "src_positions.encoding", "decoder": "tgt_positions.encoding"}
BLOCK = 8


def moved(edit: Moved, positions: Positions) -> Edit:
    """encoding (T, D) of `positions` 0 .. T-1 -> (T, D): what the same pieces are given instead.

    Under edits a prefix is always run as a whole, so its first row is position 0.
    """

    def change(encoding: Tensor) -> Tensor:
        if edit.how == "remove":
            return torch.zeros_like(encoding)
        if edit.how == "scale":
            return encoding * edit.amount
        return positions.at(places(edit, len(encoding))).to(encoding)

    return change


def places(edit: Moved, count: int) -> Tensor:
    """The position that each of `count` pieces is read at: (count), float64."""
    own = torch.arange(count, dtype=torch.float64)
    match edit.how:
        case "shift":
            return own + edit.amount
        case "stretch":
            return own * edit.amount
        case "freeze":
            return torch.full_like(own, edit.amount)
        case "reverse":
            return -own if edit.side == "decoder" else own.flip(0)
        case "shuffle":
            return shuffled(count, int(edit.amount), BLOCK if edit.side == "decoder" else count)
    return own


def shuffled(count: int, seed: int, block: int) -> Tensor:
    """0 .. count-1 in a random order within each `block`, the same for a seed: (count), float64.

    A last block that is cut short is shuffled as if it were whole, so more pieces change nothing
    of the order of those before them.
    """
    draw = torch.Generator().manual_seed(seed)
    starts = range(0, count, max(block, 1))
    orders = [start + torch.randperm(block, generator=draw) for start in starts]
    return torch.cat(orders)[:count].double() if orders else torch.zeros(0, dtype=torch.float64)
