"""The vectors whose lengths are told add up to what attention hands on."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from transformer.analysis.norms import all_value_norms, value_norms
from transformer.attention import MultiHeadAttention
from transformer.model import Transformer
from transformer.trace import tracing


def test_the_weighed_values_add_up_to_the_output() -> None:
    """Kobayashi et al. (2020), section 3: the output is the sum of alpha f(x), and its bias."""
    torch.manual_seed(2)
    attention = MultiHeadAttention(12, 3)
    torch.nn.init.normal_(attention.w_v.bias)
    with torch.no_grad(), tracing(attention) as trace:
        output = attention(torch.randn(2, 4, 12), torch.randn(2, 5, 12), None)
    slices = attention.w_o.weight.split(4, dim=1)
    values = torch.stack([trace["v"][:, h] @ slices[h].T for h in range(3)], dim=1)  # (B, H, S, D)
    summed = torch.einsum("bhts,bhsd->btd", trace["weights"], values) + attention.w_o.bias
    torch.testing.assert_close(summed, output, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(value_norms(attention, trace["v"]), values.norm(dim=-1))


def test_every_attention_of_a_model_has_its_norms(
    make_model: Callable[..., Transformer], src: Tensor, tgt: Tensor
) -> None:
    model = make_model()
    with torch.no_grad(), tracing(model) as trace:
        model(src, tgt)
    found = all_value_norms(model, trace)
    assert len(found) == 2 + 3 * 2
    assert found["encoder.layers.1.self_attention"].shape == (2, 3, 7)
    assert found["decoder.layers.2.self_attention"].shape == (2, 3, 5)
    assert found["decoder.layers.2.cross_attention"].shape == (2, 3, 7)
