"""Keys and values of the past, kept while decoding so that a step costs one position.

A cache is called in place of an attention's own `keys_values`.
"""

from collections.abc import Callable

import torch
from torch import Tensor

KeysValues = Callable[[Tensor], tuple[Tensor, Tensor]]


class GrowingCache:
    """Self-attention: the keys and values of each new position join those before it."""

    def __init__(self) -> None:
        self.keys: Tensor | None = None
        self.values: Tensor | None = None

    def __call__(self, keys_values: KeysValues, new: Tensor) -> tuple[Tensor, Tensor]:
        """new (B, 1, D) -> keys and values of all positions so far, each (B, H, T, K)."""
        keys, values = keys_values(new)
        if self.keys is not None and self.values is not None:
            keys = torch.cat([self.keys, keys], dim=2)
            values = torch.cat([self.values, values], dim=2)
        self.keys, self.values = keys, values
        return keys, values

    def select(self, rows: Tensor) -> None:
        """Keep these rows of the batch, in this order: rows (B',)."""
        if self.keys is not None and self.values is not None:
            self.keys, self.values = self.keys[rows], self.values[rows]


class FixedCache(GrowingCache):
    """Cross-attention: the source does not change, so its keys and values are made once."""

    def __call__(self, keys_values: KeysValues, new: Tensor) -> tuple[Tensor, Tensor]:
        """memory (B, S, D) -> its keys and values, each (B, H, S, K)."""
        if self.keys is None or self.values is None:
            keys, values = keys_values(new)
            # Laid out once as the products read them, which else copy them at every step.
            self.keys, self.values = keys.contiguous(), values.contiguous()
        return self.keys, self.values


class LayerCache:
    """What one decoder layer remembers."""

    def __init__(self) -> None:
        self.self_attention = GrowingCache()
        self.cross_attention = FixedCache()

    def select(self, rows: Tensor, same_sources: bool = False) -> None:
        """Keep these rows of the batch: rows (B',). Where each has the source of the row that it
        replaces, the source's keys and values stay as they are."""
        self.self_attention.select(rows)
        if not same_sources:
            self.cross_attention.select(rows)
