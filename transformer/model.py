"""The encoder-decoder Transformer of "Attention Is All You Need" (Vaswani et al., 2017), figure 1.

Read this file from top to bottom; attention, layers and positions are a file each beside it.
"""

import math

import torch
from torch import Tensor, nn

from transformer.cache import LayerCache
from transformer.config import ModelConfig
from transformer.layers import (
    DecoderLayer,
    EncoderLayer,
    PostNormDecoderLayer,
    PostNormEncoderLayer,
    PreNormDecoderLayer,
    PreNormEncoderLayer,
)
from transformer.masks import causal_mask, padding_mask
from transformer.positions import POSITIONS
from transformer.trace import tap

ENCODER_LAYERS: dict[str, type[EncoderLayer]] = {
    "post": PostNormEncoderLayer,
    "pre": PreNormEncoderLayer,
}
DECODER_LAYERS: dict[str, type[DecoderLayer]] = {
    "post": PostNormDecoderLayer,
    "pre": PreNormDecoderLayer,
}


class Embedding(nn.Module):
    """Row `id` of a matrix, times sqrt(D) (section 3.4). Two of these may share one matrix."""

    def __init__(self, weight: nn.Parameter, axis: str) -> None:
        super().__init__()
        self.axis = axis
        self.weight = weight

    def forward(self, ids: Tensor) -> Tensor:
        """ids (B, T) -> (B, T, D)."""
        rows = tap(self, "rows", nn.functional.embedding(ids, self.weight), f"b {self.axis} d")
        return tap(self, "scaled", rows * math.sqrt(self.weight.size(1)), f"b {self.axis} d")


class Encoder(nn.Module):
    """A stack of layers; each position looks at every position of the source."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        layer = ENCODER_LAYERS[config.norm]
        self.layers = nn.ModuleList(layer(config) for _ in range(config.encoder_layers))
        self.norm = final_norm(config)

    def forward(self, x: Tensor, src_mask: Tensor | None) -> Tensor:
        """x (B, S, D), src_mask broadcast to (B, H, S, S) -> memory (B, S, D)."""
        for layer in self.layers:
            x = layer(x, src_mask)
        return tap(self, "memory", self.norm(x), "b s d")


class Decoder(nn.Module):
    """A stack of layers; each position looks at the target so far, and at the source."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        layer = DECODER_LAYERS[config.norm]
        self.layers = nn.ModuleList(layer(config) for _ in range(config.decoder_layers))
        self.norm = final_norm(config)

    def forward(
        self,
        x: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None,
        src_mask: Tensor | None,
        caches: list[LayerCache] | None = None,
    ) -> Tensor:
        """x (B, T, D), memory (B, S, D) -> (B, T, D); with caches, x is the newest position."""
        for number, layer in enumerate(self.layers):
            x = layer(x, memory, tgt_mask, src_mask, caches[number] if caches else None)
        return tap(self, "state", self.norm(x), "b t d")


class Output(nn.Module):
    """From the decoder's state to a score for each piece of the vocabulary (section 3.4)."""

    def __init__(self, weight: nn.Parameter, axis: str = "t") -> None:
        super().__init__()
        self.axis = axis
        self.weight = weight

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, D) -> logits (B, T, V)."""
        return tap(self, "logits", nn.functional.linear(x, self.weight), f"b {self.axis} v")


class Transformer(nn.Module):
    """Source ids and target ids in, a score for each next target piece out."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        tgt_matrix = embedding_matrix(config.tgt_vocab, config.d_model)
        src_matrix, out_matrix = tgt_matrix, tgt_matrix
        if not config.tie_embeddings:
            src_matrix = embedding_matrix(config.src_vocab, config.d_model)
            out_matrix = embedding_matrix(config.tgt_vocab, config.d_model)
        self.src_embedding = Embedding(src_matrix, "s")
        self.tgt_embedding = Embedding(tgt_matrix, "t")
        sizes = (config.d_model, config.max_tokens, config.dropout)
        positions = POSITIONS[config.positions]
        self.src_positions, self.tgt_positions = positions(*sizes, "s"), positions(*sizes, "t")
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        self.output = Output(out_matrix)
        for stack in (self.encoder, self.decoder):
            for parameter in stack.parameters():
                if parameter.dim() > 1:
                    nn.init.xavier_uniform_(parameter)

    def forward(self, src: Tensor, tgt: Tensor) -> Tensor:
        """src (B, S), tgt (B, T) ids, padded with 0 -> logits (B, T, V) for the piece after each.

        A padded target needs no mask of its own: its padding stands at the end, where no real
        position may look.
        """
        src_mask = padding_mask(src)
        memory = self.encode(src, src_mask)
        return self.decode(tgt, memory, causal_mask(tgt.size(1), tgt.device), src_mask)

    def encode(self, src: Tensor, src_mask: Tensor | None) -> Tensor:
        """src (B, S), src_mask (B, 1, 1, S) -> memory (B, S, D)."""
        return self.encoder(self.src_positions(self.src_embedding(src)), src_mask)

    def decode(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None,
        src_mask: Tensor | None,
        caches: list[LayerCache] | None = None,
        start: int = 0,
    ) -> Tensor:
        """tgt (B, T), memory (B, S, D) -> logits (B, T, V).

        Step by step: with `caches`, tgt is the one piece at position `start` and needs no tgt_mask,
        because there is no future yet.
        """
        x = self.tgt_positions(self.tgt_embedding(tgt), start)
        return self.output(self.decoder(x, memory, tgt_mask, src_mask, caches))


def embedding_matrix(vocab: int, d_model: int) -> nn.Parameter:
    """A fresh (V, D) matrix with rows of length about 1, so that sqrt(D) brings them to the
    positions' scale and a tied output starts with scores of about 1."""
    return nn.Parameter(torch.randn(vocab, d_model) / math.sqrt(d_model))


def final_norm(config: ModelConfig) -> nn.Module:
    """Pre-norm stacks end in a norm; post-norm layers have already done it."""
    return nn.LayerNorm(config.d_model) if config.norm == "pre" else nn.Identity()
