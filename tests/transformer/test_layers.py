"""Encoder and decoder layers equal those of torch.nn with the same weights, both norms."""

from typing import Any

import pytest
import torch
from torch import nn

from transformer.attention import MultiHeadAttention
from transformer.config import ModelConfig
from transformer.layers import DecoderLayer, EncoderLayer
from transformer.masks import causal_mask, padding_mask
from transformer.model import DECODER_LAYERS, ENCODER_LAYERS, Transformer

IDS = torch.tensor([[5, 6, 7, 8, 9, 4, 4], [5, 6, 7, 0, 0, 0, 0]])
KIND: dict[str, Any] = {
    "nhead": 3,
    "dim_feedforward": 20,
    "dropout": 0.0,
    "layer_norm_eps": 1e-5,
    "batch_first": True,
}


@pytest.fixture(params=["post", "pre"])
def config(request: pytest.FixtureRequest) -> ModelConfig:
    torch.manual_seed(0)
    sizes: dict[str, Any] = {
        "encoder_layers": 2,
        "decoder_layers": 3,
        "d_model": 12,
        "d_ff": 20,
        "heads": 3,
    }
    return ModelConfig(17, 19, norm=request.param, tie_embeddings=False, dropout=0.0, **sizes)


def shake_norms(module: nn.Module) -> None:
    """Fresh norms are all alike; random ones show when two have changed places."""
    for part in module.modules():
        if isinstance(part, nn.LayerNorm):
            nn.init.normal_(part.weight)
            nn.init.normal_(part.bias)


def copy_attention(own: MultiHeadAttention, reference: nn.MultiheadAttention) -> None:
    projections = (own.w_q, own.w_k, own.w_v)
    reference.in_proj_weight.copy_(torch.cat([part.weight for part in projections]))
    reference.in_proj_bias.copy_(torch.cat([part.bias for part in projections]))
    reference.out_proj.load_state_dict(own.w_o.state_dict())


@torch.no_grad()
def copy_layer(own: EncoderLayer | DecoderLayer, reference: Any) -> None:
    copy_attention(own.self_attention, reference.self_attn)
    reference.linear1.load_state_dict(own.feed_forward.w_1.state_dict())
    reference.linear2.load_state_dict(own.feed_forward.w_2.state_dict())
    reference.norm1.load_state_dict(own.norm_1.state_dict())
    reference.norm2.load_state_dict(own.norm_2.state_dict())
    if isinstance(own, DecoderLayer):
        copy_attention(own.cross_attention, reference.multihead_attn)
        reference.norm3.load_state_dict(own.norm_3.state_dict())


def test_encoder_layer_equals_torch(config: ModelConfig) -> None:
    own = ENCODER_LAYERS[config.norm](config)
    shake_norms(own)
    reference = nn.TransformerEncoderLayer(12, norm_first=config.norm == "pre", **KIND)
    copy_layer(own, reference)
    x = torch.randn(2, 7, 12)
    expected = reference(x, src_key_padding_mask=IDS == 0)
    torch.testing.assert_close(own(x, padding_mask(IDS)), expected, atol=1e-5, rtol=0)


def test_decoder_layer_equals_torch(config: ModelConfig) -> None:
    own = DECODER_LAYERS[config.norm](config)
    shake_norms(own)
    reference = nn.TransformerDecoderLayer(12, norm_first=config.norm == "pre", **KIND)
    copy_layer(own, reference)
    x, memory, causal = torch.randn(2, 5, 12), torch.randn(2, 7, 12), causal_mask(5)
    expected = reference(x, memory, ~causal[0, 0], memory_key_padding_mask=IDS == 0)
    output = own(x, memory, causal, padding_mask(IDS))
    torch.testing.assert_close(output, expected, atol=1e-5, rtol=0)


def reference_stacks(config: ModelConfig) -> Any:
    """`nn.Transformer` ends its stacks in a norm; the paper's post-norm stacks have none."""
    first = config.norm == "pre"
    norms = [nn.LayerNorm(12) if first else None for _ in range(2)]
    encoder_layer = nn.TransformerEncoderLayer(12, norm_first=first, **KIND)
    decoder_layer = nn.TransformerDecoderLayer(12, norm_first=first, **KIND)
    return nn.Transformer(
        12,
        nhead=3,
        custom_encoder=nn.TransformerEncoder(
            encoder_layer, config.encoder_layers, norms[0], enable_nested_tensor=False
        ),
        custom_decoder=nn.TransformerDecoder(decoder_layer, config.decoder_layers, norms[1]),
        batch_first=True,
    )


def test_whole_model_equals_torch(config: ModelConfig) -> None:
    model = Transformer(config)
    shake_norms(model)
    reference = reference_stacks(config)
    stacks: tuple[tuple[Any, Any], ...] = (
        (model.encoder, reference.encoder),
        (model.decoder, reference.decoder),
    )
    for own, other in stacks:
        for own_layer, other_layer in zip(own.layers, other.layers, strict=True):
            copy_layer(own_layer, other_layer)
        if other.norm is not None:
            other.norm.load_state_dict(own.norm.state_dict())
    tgt = torch.tensor([[2, 7, 8, 9, 10], [2, 11, 12, 13, 14]])
    x = nn.functional.embedding(IDS, model.src_embedding.weight) * 12**0.5
    y = nn.functional.embedding(tgt, model.tgt_embedding.weight) * 12**0.5
    state = reference(
        x + model.src_positions.table[:7],
        y + model.tgt_positions.table[:5],
        tgt_mask=~causal_mask(5)[0, 0],
        src_key_padding_mask=IDS == 0,
        memory_key_padding_mask=IDS == 0,
    )
    expected = state @ model.output.weight.T
    torch.testing.assert_close(model(IDS, tgt), expected, atol=1e-5, rtol=0)


def test_a_stack_of_pre_norm_layers_ends_in_a_norm_and_post_norm_does_not(
    config: ModelConfig,
) -> None:
    model = Transformer(config)
    has_norm = [isinstance(stack.norm, nn.LayerNorm) for stack in (model.encoder, model.decoder)]
    assert has_norm == [config.norm == "pre"] * 2
