"""`torch.nn.Transformer` with what it lacks, as Dawn has it: embeddings, positions, output."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from transformer.config import ModelConfig
from transformer.model import embedding_matrix
from transformer.positions import POSITIONS
from transformer.tokenizer import PAD


class Reference(nn.Module):
    """The same sizes, norm, dropout and tied matrix around PyTorch's own layers."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.weight = embedding_matrix(config.tgt_vocab, config.d_model)
        sizes = (config.d_model, config.max_tokens, config.dropout)
        self.positions = POSITIONS[config.positions](*sizes, "s")
        self.layers = nn.Transformer(
            config.d_model,
            config.heads,
            config.encoder_layers,
            config.decoder_layers,
            config.d_ff,
            config.dropout,
            batch_first=True,
            norm_first=config.norm == "pre",
        )

    def forward(self, src: Tensor, tgt: Tensor) -> Tensor:
        """src (B, S), tgt (B, T) ids, padded with 0 -> logits (B, T, V)."""
        hidden, future = src == PAD, self._future(tgt)
        state = self.layers(
            self._embedded(src),
            self._embedded(tgt),
            tgt_mask=future,
            src_key_padding_mask=hidden,
            memory_key_padding_mask=hidden,
            tgt_is_causal=True,
        )
        return nn.functional.linear(state, self.weight)

    def _embedded(self, ids: Tensor) -> Tensor:
        rows = nn.functional.embedding(ids, self.weight)
        return self.positions(rows * math.sqrt(self.weight.size(1)))

    @staticmethod
    def _future(tgt: Tensor) -> Tensor:
        length = tgt.size(1)
        return torch.ones(length, length, dtype=torch.bool, device=tgt.device).triu(1)
