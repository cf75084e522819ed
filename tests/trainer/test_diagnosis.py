"""The first number that is none is named where it is, not where it is noticed."""

from __future__ import annotations

import pytest
import torch

from trainer.diagnosis import diverged, first_nonfinite
from transformer.config import ModelConfig
from transformer.model import Transformer

BIAS = "decoder.layers.1.feed_forward.w_1.bias"
SRC, TGT = torch.tensor([[5, 6, 3]]), torch.tensor([[2, 7, 8]])


@pytest.fixture
def model() -> Transformer:
    torch.manual_seed(0)
    config = ModelConfig(12, 12, encoder_layers=2, decoder_layers=2, d_model=8, d_ff=16, heads=2)
    return Transformer(config).eval()


def test_a_sound_model_has_none(model: Transformer) -> None:
    assert first_nonfinite(model, SRC, TGT) is None


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_a_parameter_is_named(model: Transformer, bad: float) -> None:
    with torch.no_grad():
        model.get_parameter(BIAS)[3] = bad
    assert first_nonfinite(model, SRC, TGT) == BIAS


def test_an_overflow_is_named_where_it_arises(model: Transformer) -> None:
    """All parameters are numbers, but a product of theirs is none."""
    with torch.no_grad():
        for matrix in ("w_q", "w_k"):
            model.get_parameter(f"encoder.layers.1.self_attention.{matrix}.weight").fill_(1e30)
    assert first_nonfinite(model, SRC, TGT) == "encoder.layers.1.self_attention.scores"


def test_the_sentence() -> None:
    assert "the first such number was in output.weight:" in diverged(3, "output.weight")
    assert diverged(3, None).startswith("By step 3 the loss or its gradient was no finite number:")
