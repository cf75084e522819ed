"""Attention equals `torch.nn.MultiheadAttention` with the same weights, head by head."""

import pytest
import torch
from torch import Tensor, nn

from transformer.attention import MultiHeadAttention
from transformer.masks import causal_mask, padding_mask
from transformer.trace import tracing


def reference_of(own: MultiHeadAttention) -> nn.MultiheadAttention:
    reference = nn.MultiheadAttention(own.heads * own.d_k, own.heads, batch_first=True)
    projections = (own.w_q, own.w_k, own.w_v)
    with torch.no_grad():
        reference.in_proj_weight.copy_(torch.cat([part.weight for part in projections]))
        reference.in_proj_bias.copy_(torch.cat([part.bias for part in projections]))
        reference.out_proj.load_state_dict(own.w_o.state_dict())
    return reference.eval()


@pytest.fixture
def own() -> MultiHeadAttention:
    torch.manual_seed(0)
    return MultiHeadAttention(12, heads=3).eval()


def compare(
    own: MultiHeadAttention, x: Tensor, memory: Tensor, mask: Tensor | None, **masks: Tensor
) -> None:
    expected, weights = reference_of(own)(x, memory, memory, average_attn_weights=False, **masks)
    with tracing(own) as trace:
        output = own(x, memory, mask)
    torch.testing.assert_close(output, expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(trace["weights"], weights, atol=1e-5, rtol=0)


def test_cross_attention_equals_torch(own: MultiHeadAttention) -> None:
    compare(own, torch.randn(2, 5, 12), torch.randn(2, 7, 12), None)


def test_causal_attention_equals_torch(own: MultiHeadAttention) -> None:
    x = torch.randn(2, 5, 12)
    compare(own, x, x, causal_mask(5), attn_mask=~causal_mask(5)[0, 0])


def test_attention_over_padding_equals_torch(own: MultiHeadAttention) -> None:
    ids = torch.tensor([[5, 6, 7, 8, 9, 4, 4], [5, 6, 7, 0, 0, 0, 0]])
    x, memory = torch.randn(2, 5, 12), torch.randn(2, 7, 12)
    compare(own, x, memory, padding_mask(ids), key_padding_mask=ids == 0)


def test_weights_are_a_distribution_over_allowed_keys(own: MultiHeadAttention) -> None:
    x = torch.randn(2, 5, 12)
    with tracing(own) as trace:
        own(x, x, causal_mask(5))
    weights = trace["weights"]
    assert weights.triu(1).count_nonzero() == 0
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3, 5))


def test_no_query_is_lost_when_widths_and_lengths_agree(own: MultiHeadAttention) -> None:
    """Split and join are inverse, even where positions, heads and widths could be confused."""
    x = torch.randn(3, 3, 12)
    torch.testing.assert_close(own.split(x).transpose(1, 2).flatten(2), x, atol=0, rtol=0)
    torch.testing.assert_close(own.split(x)[1, 2], x[1, :, 8:12], atol=0, rtol=0)
