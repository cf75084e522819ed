"""Attention (sections 3.2.1 and 3.2.2): equation 1, and many heads of it side by side."""

import math

from torch import Tensor, nn

from transformer.cache import GrowingCache
from transformer.trace import tap


class MultiHeadAttention(nn.Module):
    """MultiHead(Q, K, V) = Concat(head_1 .. head_H) W_O,  head_i = Attention(Q W_Q, K W_K, V W_V).

    queries, keys: the letters of the two axes ("t" and "s" in cross-attention), for the trace.
    """

    def __init__(
        self, d_model: int, heads: int, dropout: float = 0.0, queries: str = "t", keys: str = "s"
    ) -> None:
        super().__init__()
        self.heads, self.d_k = heads, d_model // heads
        self.queries, self.keys = queries, keys
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, x: Tensor, memory: Tensor, mask: Tensor | None, cache: GrowingCache | None = None
    ) -> Tensor:
        """x (B, T, D) looks at memory (B, S, D) where mask is True -> (B, T, D).

        mask broadcasts to (B, H, T, S).
        """
        q = tap(self, "q", self.split(self.w_q(x)), f"b h {self.queries} k")
        k, v = cache(self.keys_values, memory) if cache else self.keys_values(memory)
        heads = self.attention(q, k, v, mask)
        concatenated = heads.transpose(1, 2).flatten(2)
        return tap(self, "output", self.w_o(concatenated), f"b {self.queries} d")

    def attention(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        """Equation 1, softmax(Q Kᵀ / sqrt(d_k)) V.

        q (B, H, T, K), k and v (B, H, S, K), mask as above -> (B, H, T, K).
        Every query must be allowed at least one key.
        """
        pairs = f"b h {self.queries} {self.keys}"
        scores = tap(self, "scores", q @ k.transpose(-2, -1) / math.sqrt(self.d_k), pairs)
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        weights = tap(self, "weights", scores.softmax(dim=-1), pairs)
        return tap(self, "heads", self.dropout(weights) @ v, f"b h {self.queries} k")

    def keys_values(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        """memory (B, S, D) -> keys and values, each (B, H, S, K)."""
        k = tap(self, "k", self.split(self.w_k(memory)), f"b h {self.keys} k")
        v = tap(self, "v", self.split(self.w_v(memory)), f"b h {self.keys} k")
        return k, v

    def split(self, x: Tensor) -> Tensor:
        """Cut the width into heads: (B, S, D) -> (B, H, S, K)."""
        return x.unflatten(-1, (self.heads, self.d_k)).transpose(1, 2)
