"""Small models of one stack with random norms, and torch.nn's stack with their weights."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from tests.transformer.test_layers import KIND, copy_layer, shake_norms
from transformer.decoder_only import DecoderOnly
from transformer.encoder_only import EncoderOnly
from transformer.stack import Stack, TextConfig

VOCAB = 17


def small(kind: type[Any], norm: str = "pre", seed: int = 0, **changes: Any) -> Any:
    """An encoder-only or decoder-only model in evaluation mode; its norms are random too."""
    torch.manual_seed(seed)
    sizes = {"layers": 2, "d_model": 12, "d_ff": 20, "heads": 3, "max_tokens": 32}
    model = kind(TextConfig(VOCAB, norm=norm, **(sizes | changes))).eval()
    shake_norms(model)
    return model


def torch_stack(own: Stack, norm: str) -> nn.TransformerEncoder:
    """`nn.TransformerEncoder` with the weights of `own`."""
    first = norm == "pre"
    layer = nn.TransformerEncoderLayer(12, norm_first=first, **KIND)
    last = nn.LayerNorm(12) if first else None
    stack = nn.TransformerEncoder(layer, len(own.layers), last, enable_nested_tensor=False)
    for mine, other in zip(own.layers, stack.layers, strict=True):
        copy_layer(mine, other)  # type: ignore[arg-type]
    if last is not None:
        last.load_state_dict(own.norm.state_dict())
    return stack.eval()


def embedded(model: EncoderOnly | DecoderOnly, ids: Tensor) -> Tensor:
    """Rows times sqrt(D), plus positions: what the stack reads."""
    rows = nn.functional.embedding(ids, model.embedding.weight) * 12**0.5
    table: Any = model.positions.table
    return rows + table[: ids.size(1)]
