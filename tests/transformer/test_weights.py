"""Weights as they are stored: eight bits are off by half a step of their row at most."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from transformer.weights import SCALE, in_eight_bits, restored, stored


@pytest.fixture
def model() -> nn.Module:
    torch.manual_seed(0)
    linear = nn.Linear(8, 5)
    with torch.no_grad():
        linear.weight[2] *= 100
        linear.weight[3] = 0.0
    return nn.Sequential(linear, nn.Conv2d(3, 4, 3), nn.LayerNorm(7))


def test_eight_bits_are_within_half_a_scale(model: nn.Module) -> None:
    kept = stored(model, "int8")
    back = restored(kept)
    assert back.keys() == dict(model.named_parameters()).keys()
    for name, parameter in model.named_parameters():
        error = (back[name] - parameter.detach()).abs()
        if parameter.dim() == 1:
            assert kept[name].dtype == torch.float16
            torch.testing.assert_close(back[name], parameter.detach(), atol=1e-3, rtol=1e-3)
            continue
        assert kept[name].dtype == torch.int8 and back[name].dtype == torch.float32
        half = kept[f"{name}{SCALE}"].view(-1, *(1,) * (parameter.dim() - 1)) / 2
        assert bool((error <= half * 1.0001).all())
        assert float((error / half).max()) > 0.5  # half a step is the bound, and is used


def test_the_largest_number_of_a_row_comes_back_and_a_row_of_nothing_stays_nothing() -> None:
    weight = torch.tensor([[0.5, -2.0, 1.0], [0.0, 0.0, 0.0]])
    whole, scale = in_eight_bits(weight)
    assert whole[0, 1] == -127 and scale[1] == 1
    back = restored({"w": whole, f"w{SCALE}": scale})["w"]
    assert float(back[0, 1]) == pytest.approx(-2.0)
    assert back[1].tolist() == [0, 0, 0]


@pytest.mark.parametrize("kind", ["float32", "float16"])
def test_floats_come_back_as_they_were_rounded(model: nn.Module, kind: str) -> None:
    back = restored(stored(model, kind))
    for name, parameter in model.named_parameters():
        expected = parameter.detach().to(getattr(torch, kind)).float()
        assert torch.equal(back[name], expected)


@pytest.mark.parametrize("scale", [None, torch.ones(2), torch.ones(3, 1)])
def test_eight_bits_without_a_scale_that_fits_are_refused(scale: torch.Tensor | None) -> None:
    tensors = {"w": torch.ones(3, 2, dtype=torch.int8)}
    if scale is not None:
        tensors[f"w{SCALE}"] = scale
    with pytest.raises(ValueError, match="no scale for each of its rows"):
        restored(tensors)
