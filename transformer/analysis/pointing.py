"""The pointing game: does the hottest point lie on what was asked for? (Zhang et al. 2016,
"Top-down Neural Attention by Excitation Backprop", section 4.1; here the truth is the very pixels.)
"""

from typing import NamedTuple

import torch
from torch import Tensor


class Hits(NamedTuple):
    """For each image, bool (B,): the point lies on what was asked for, on something else that is
    there, or nowhere: the map is nothing but zeros."""

    on_query: Tensor
    on_other: Tensor
    silent: Tensor


def hottest(maps: Tensor, side: int) -> Tensor:
    """Row and column, in an image of that side, of the centre of the largest cell of each map:
    maps (B, rows, columns) -> int (B, 2). The first one where several are as large.

    Not of an enlarged map: blending takes a little from a peak inside, and nothing at the border.
    """
    rows, columns = maps.shape[1:]
    cell = maps.flatten(1).argmax(dim=1)
    row, column = cell // columns, cell % columns
    return torch.stack(
        [(2 * row + 1) * side // (2 * rows), (2 * column + 1) * side // (2 * columns)], 1
    )


def point(maps: Tensor, asked: Tensor, others: Tensor) -> Hits:
    """maps (B, rows, columns) against where the query is and where anything else is: bool masks
    (B, side, side)."""
    silent = maps.flatten(1).amax(dim=1) <= 0
    row, column = hottest(maps, asked.size(-1)).unbind(dim=1)
    each = torch.arange(len(maps))
    return Hits(asked[each, row, column] & ~silent, others[each, row, column] & ~silent, silent)


def by_chance(asked: Tensor) -> Tensor:
    """How often a random pixel lies on what was asked for: bool (B, side, side) -> (B,)."""
    return asked.float().mean(dim=(1, 2))


def at_centre(asked: Tensor) -> Tensor:
    """Whether the centre of the image does: bool (B,)."""
    middle = asked.size(-1) // 2
    return asked[:, middle, middle]
