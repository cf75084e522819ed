"""The small CNN: its groups are separate convolutions, its maps have the dims they say."""

from typing import Any

import pytest
import torch
from torch import nn

from transformer.cnn import Cnn, CnnConfig
from transformer.config import ConfigError
from transformer.trace import tracing


def make(**changes: Any) -> Cnn:
    torch.manual_seed(0)
    return Cnn(CnnConfig(7, **{"image": 24, "widths": "8,12,16,20", **changes})).eval()


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_a_grouped_convolution_equals_separate_ones(groups: int) -> None:
    convolution = make(groups=groups).layers[1].convolution
    assert isinstance(convolution, nn.Conv2d)
    x = torch.randn(2, 8, 6, 6)
    parts = [
        nn.functional.conv2d(part, weight, bias, stride=2, padding=1)
        for part, weight, bias in zip(
            x.chunk(groups, dim=1),
            convolution.weight.chunk(groups),
            convolution.bias.chunk(groups),  # type: ignore[union-attr]
            strict=True,
        )
    ]
    torch.testing.assert_close(convolution(x), torch.cat(parts, dim=1), atol=1e-6, rtol=0)


def test_groups_cut_the_weights_of_all_layers_but_the_first() -> None:
    whole, cut = make().layers, make(groups=4).layers
    sizes = [
        (own.convolution.weight.numel(), other.convolution.weight.numel())  # type: ignore[operator, union-attr]
        for own, other in zip(whole, cut, strict=True)
    ]
    assert [own // other for own, other in sizes] == [1, 4, 4, 4]


def test_every_map_has_the_dims_it_says() -> None:
    model = make()
    with tracing(model) as trace:
        logits = model(torch.rand(2, 3, 24, 24))
    shapes = {name: list(tensor.shape) for name, tensor in trace.items()}
    assert shapes == {
        "layers.0.activations": [2, 8, 12, 12],
        "layers.1.activations": [2, 12, 6, 6],
        "layers.2.activations": [2, 16, 3, 3],
        "layers.3.activations": [2, 20, 3, 3],
        "pooled": [2, 20],
        "head.logits": [2, 7],
    }
    assert trace.dims["layers.0.activations"] == "b c y x"
    assert torch.equal(trace["head.logits"], logits)
    torch.testing.assert_close(trace["pooled"], trace["layers.3.activations"].mean(dim=(2, 3)))


def test_an_image_does_not_depend_on_those_beside_it() -> None:
    model, images = make(), torch.rand(3, 3, 24, 24)
    torch.testing.assert_close(model(images)[:1], model(images[:1]))


def test_an_image_that_does_not_fit_is_one_sentence() -> None:
    with pytest.raises(ValueError, match="reads 3 x 24 x 24 numbers"):
        make()(torch.rand(1, 3, 32, 32))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"groups": 3}, "8 channels cannot be cut into 3 groups"),
        ({"widths": "8,,12"}, "write whole numbers"),
        ({"widths": "8,-4"}, "write whole numbers"),
        ({"widths": "8,99999"}, "at most 4096"),
    ],
)
def test_sizes_without_sense_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make(**changes)
