"""One stack of layers, the whole of a model that has no second one: encoder-only, decoder-only,
vision. Who may look at whom is the mask that it is given, and the only difference between them."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from transformer.cache import GrowingCache
from transformer.config import Config, Sizes, check_fields, check_heads, option
from transformer.layers import EncoderLayer, PostNormEncoderLayer, PreNormEncoderLayer
from transformer.trace import tap

LAYERS: dict[str, type[EncoderLayer]] = {
    "post": PostNormEncoderLayer,
    "pre": PreNormEncoderLayer,
}


@dataclass(frozen=True)
class TextConfig(Config):
    """The sizes of a model of text with one stack: encoder-only or decoder-only."""

    vocab: int = option(help="Pieces the tokenizer knows (V).", min=5, max=1_000_000)
    layers: int = option(4, "Layers (L).", min=1, max=48)
    d_model: int = option(256, "Width of the model (D).", min=4, max=8192)
    d_ff: int = option(1024, "Width inside the feed-forward (F).", min=4, max=65_536)
    heads: int = option(4, "Attention heads (H); they share D between them.", min=1, max=128)
    dropout: float = option(0.1, "Share of numbers dropped while training.", min=0.0, max=0.9)
    norm: str = option("pre", "Where the norms stand.", choices=("pre", "post"))
    max_tokens: int = option(256, "Longest text, in tokens.", min=4, max=10_000)
    positions: str = option(
        "sinusoidal",
        "What tells the order: the paper's sinusoids, a learned vector each, or nothing.",
        choices=("sinusoidal", "learned", "none"),
    )

    def __post_init__(self) -> None:
        check_fields(self)
        check_heads(self)


class Stack(nn.Module):
    """Layers of self-attention and feed-forward, and in a pre-norm stack one more norm.

    axis: the letter of the positions, for the trace.
    """

    def __init__(self, config: Sizes, layers: int, axis: str) -> None:
        super().__init__()
        self.axis = axis
        layer = LAYERS[config.norm]
        self.layers = nn.ModuleList(layer(config, axis) for _ in range(layers))
        self.norm = nn.LayerNorm(config.d_model) if config.norm == "pre" else nn.Identity()
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)

    def forward(
        self, x: Tensor, mask: Tensor | None, caches: Sequence[GrowingCache] | None = None
    ) -> Tensor:
        """x (B, T, D), mask broadcast to (B, H, T, T) -> (B, T, D); with caches, a layer each,
        x is what comes after the positions they have seen."""
        for number, layer in enumerate(self.layers):
            x = layer(x, mask, caches[number] if caches else None)
        return tap(self, "state", self.norm(x), f"b {self.axis} d")
