"""A bundle as CTranslate2 reads it: the same weights, laid out for its fused layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor, nn

from transformer.attention import MultiHeadAttention
from transformer.bundle import Bundle
from transformer.layers import DecoderLayer, EncoderLayer
from transformer.model import Decoder, Encoder
from transformer.tokenizer import EOS, PAD, SOS, UNK


def convert(bundle: Bundle, folder: Path) -> None:
    """Write the model into `folder`, in float32, its pieces named by their ids.

    Raises ValueError for a norm or positions that CTranslate2's Transformer does not have.
    """
    from ctranslate2.specs import TransformerSpec

    config = bundle.model.config
    if config.norm != "pre" or config.positions != "sinusoidal":
        raise ValueError("only a pre-norm model with sinusoids is converted here.")
    layers = config.encoder_layers, config.decoder_layers
    spec = TransformerSpec.from_config(layers, config.heads, pre_norm=True)
    model = bundle.model
    spec.encoder.embeddings[0].weight = numbers(model.src_embedding.weight)
    spec.decoder.embeddings.weight = numbers(model.tgt_embedding.weight)
    spec.decoder.projection.weight = numbers(model.output.weight)
    spec.encoder.position_encodings.encodings = numbers(model.src_positions.table)
    spec.decoder.position_encodings.encodings = numbers(model.tgt_positions.table)
    _fill_encoder(spec.encoder, model.encoder)
    _fill_decoder(spec.decoder, model.decoder)
    names = {PAD: "<blank>", UNK: "<unk>", SOS: "<s>", EOS: "</s>"}
    for size, register in (
        (config.src_vocab, spec.register_source_vocabulary),
        (config.tgt_vocab, spec.register_target_vocabulary),
    ):
        register([names.get(number, str(number)) for number in range(size)])
    spec.config.add_source_eos = False  # the sources that it gets end in it
    spec.validate()
    spec.save(str(folder))


def numbers(tensor: Tensor) -> np.ndarray:
    """A tensor as CTranslate2 takes it."""
    return tensor.detach().float().cpu().contiguous().numpy()


def _fill_encoder(spec: Any, encoder: Encoder) -> None:
    _fill_norm(spec.layer_norm, encoder.norm)
    for of, layer in zip(spec.layer, encoder.layers, strict=True):
        assert isinstance(layer, EncoderLayer)
        _fill_self_attention(of.self_attention, layer.self_attention, layer.norm_1)
        _fill_feed_forward(of.ffn, layer, layer.norm_2)


def _fill_decoder(spec: Any, decoder: Decoder) -> None:
    _fill_norm(spec.layer_norm, decoder.norm)
    for of, layer in zip(spec.layer, decoder.layers, strict=True):
        assert isinstance(layer, DecoderLayer)
        _fill_self_attention(of.self_attention, layer.self_attention, layer.norm_1)
        cross = layer.cross_attention
        _fill_norm(of.attention.layer_norm, layer.norm_2)
        _fill_linear(of.attention.linear[0], cross.w_q)
        _fill_linear(of.attention.linear[1], cross.w_k, cross.w_v)
        _fill_linear(of.attention.linear[2], cross.w_o)
        _fill_feed_forward(of.ffn, layer, layer.norm_3)


def _fill_self_attention(spec: Any, attention: MultiHeadAttention, norm: nn.Module) -> None:
    _fill_norm(spec.layer_norm, norm)
    _fill_linear(spec.linear[0], attention.w_q, attention.w_k, attention.w_v)
    _fill_linear(spec.linear[1], attention.w_o)


def _fill_feed_forward(spec: Any, layer: EncoderLayer | DecoderLayer, norm: nn.Module) -> None:
    _fill_norm(spec.layer_norm, norm)
    _fill_linear(spec.linear_0, layer.feed_forward.w_1)
    _fill_linear(spec.linear_1, layer.feed_forward.w_2)


def _fill_linear(spec: Any, *linears: nn.Linear) -> None:
    """Several linears that read the same become one, their rows below each other."""
    spec.weight = np.concatenate([numbers(linear.weight) for linear in linears])
    spec.bias = np.concatenate([numbers(linear.bias) for linear in linears])


def _fill_norm(spec: Any, norm: nn.Module) -> None:
    assert isinstance(norm, nn.LayerNorm)
    spec.gamma, spec.beta = numbers(norm.weight), numbers(norm.bias)
