"""The layers of encoder and decoder (section 3.1), post-norm as in the paper and pre-norm as today.

post-norm: x = norm(x + sublayer(x)), the paper's.
pre-norm:  x = x + sublayer(norm(x)), easier to train deep (Xiong et al., 2020); the stack then ends
in one more norm.
"""

from torch import Tensor, nn

from transformer.attention import MultiHeadAttention
from transformer.cache import GrowingCache, LayerCache
from transformer.config import ModelConfig, Sizes
from transformer.trace import tap


class FeedForward(nn.Module):
    """FFN(x) = max(0, x W_1 + b_1) W_2 + b_2 at each position alone (section 3.3, equation 2)."""

    def __init__(self, d_model: int, d_ff: int, dropout: float, axis: str) -> None:
        super().__init__()
        self.axis = axis
        self.w_1 = nn.Linear(d_model, d_ff)
        self.w_2 = nn.Linear(d_ff, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, D) -> (B, T, D)."""
        hidden = tap(self, "hidden", self.w_1(x).relu(), f"b {self.axis} f")
        return tap(self, "output", self.w_2(self.dropout(hidden)), f"b {self.axis} d")


class EncoderLayer(nn.Module):
    """The parts of an encoder layer; how they are joined is the subclass.

    axis: the letter of the positions, for the trace. A cache keeps the keys and values of earlier
    positions, where a model of these layers is asked for one position after the other.
    """

    def __init__(self, config: Sizes, axis: str = "s") -> None:
        super().__init__()
        d, dropout = config.d_model, config.dropout
        self.axis = axis
        self.self_attention = MultiHeadAttention(d, config.heads, dropout, axis, axis)
        self.feed_forward = FeedForward(d, config.d_ff, dropout, axis)
        self.norm_1, self.norm_2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.dropout = nn.Dropout(dropout)


class PostNormEncoderLayer(EncoderLayer):
    """Figure 1, left."""

    def forward(self, x: Tensor, mask: Tensor | None, cache: GrowingCache | None = None) -> Tensor:
        """x (B, S, D), mask broadcast to (B, H, S, S) -> (B, S, D)."""
        x = self.norm_1(x + self.dropout(self.self_attention(x, x, mask, cache)))
        x = self.norm_2(x + self.dropout(self.feed_forward(x)))
        return tap(self, "output", x, f"b {self.axis} d")


class PreNormEncoderLayer(EncoderLayer):
    """Figure 1, left, with the norm inside the residual branch."""

    def forward(self, x: Tensor, mask: Tensor | None, cache: GrowingCache | None = None) -> Tensor:
        """x (B, S, D), mask broadcast to (B, H, S, S) -> (B, S, D)."""
        normed = self.norm_1(x)
        x = x + self.dropout(self.self_attention(normed, normed, mask, cache))
        x = x + self.dropout(self.feed_forward(self.norm_2(x)))
        return tap(self, "output", x, f"b {self.axis} d")


class DecoderLayer(nn.Module):
    """The parts of a decoder layer; how they are joined is the subclass."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        d, dropout = config.d_model, config.dropout
        self.self_attention = MultiHeadAttention(d, config.heads, dropout, "t", "t")
        self.cross_attention = MultiHeadAttention(d, config.heads, dropout, "t", "s")
        self.feed_forward = FeedForward(d, config.d_ff, dropout, "t")
        self.norm_1, self.norm_2, self.norm_3 = (nn.LayerNorm(d) for _ in range(3))
        self.dropout = nn.Dropout(dropout)


class PostNormDecoderLayer(DecoderLayer):
    """Figure 1, right."""

    def forward(
        self,
        x: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None,
        src_mask: Tensor | None,
        cache: LayerCache | None = None,
    ) -> Tensor:
        """x (B, T, D), memory (B, S, D) -> (B, T, D); masks broadcast to (B, H, T, T or S)."""
        past, source = (cache.self_attention, cache.cross_attention) if cache else (None, None)
        x = self.norm_1(x + self.dropout(self.self_attention(x, x, tgt_mask, past)))
        x = self.norm_2(x + self.dropout(self.cross_attention(x, memory, src_mask, source)))
        x = self.norm_3(x + self.dropout(self.feed_forward(x)))
        return tap(self, "output", x, "b t d")


class PreNormDecoderLayer(DecoderLayer):
    """Figure 1, right, with the norms inside the residual branches."""

    def forward(
        self,
        x: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None,
        src_mask: Tensor | None,
        cache: LayerCache | None = None,
    ) -> Tensor:
        """x (B, T, D), memory (B, S, D) -> (B, T, D); masks broadcast to (B, H, T, T or S)."""
        past, source = (cache.self_attention, cache.cross_attention) if cache else (None, None)
        normed = self.norm_1(x)
        x = x + self.dropout(self.self_attention(normed, normed, tgt_mask, past))
        x = x + self.dropout(self.cross_attention(self.norm_2(x), memory, src_mask, source))
        x = x + self.dropout(self.feed_forward(self.norm_3(x)))
        return tap(self, "output", x, "b t d")
