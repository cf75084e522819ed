"""The vision encoder: the encoder of torch.nn, hidden patches that stay hidden, honest dims."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.transformer.test_layers import copy_layer, shake_norms
from transformer.config import ConfigError
from transformer.patches import LinearPatches, same_map
from transformer.trace import tracing
from transformer.vision import VisionConfig, VisionTransformer

LETTERS = {"b": 2, "p": 10, "g": 9, "n": 48, "d": 12, "h": 3, "k": 4, "f": 20, "v": 7}
BOTH = pytest.mark.parametrize("norm", ["pre", "post"])


def make(**changes: Any) -> VisionTransformer:
    torch.manual_seed(0)
    sizes: dict[str, Any] = {"image": 12, "patch": 4, "layers": 2, "d_model": 12, "d_ff": 20}
    model = VisionTransformer(VisionConfig(7, **{**sizes, "heads": 3, **changes}))
    shake_norms(model)
    return model.eval()


@pytest.fixture
def images() -> Tensor:
    return torch.rand(2, 3, 12, 12, generator=torch.Generator().manual_seed(1))


@BOTH
def test_encoder_equals_torch(norm: str) -> None:
    model = make(norm=norm)
    pre = norm == "pre"
    layer = nn.TransformerEncoderLayer(12, 3, 20, 0.0, batch_first=True, norm_first=pre)
    last = nn.LayerNorm(12) if pre else None
    reference: Any = nn.TransformerEncoder(layer, 2, last, enable_nested_tensor=False).eval()
    for own, other in zip(model.encoder.layers, reference.layers, strict=True):
        copy_layer(own, other)  # type: ignore[arg-type]
    if pre:
        reference.norm.load_state_dict(model.encoder.norm.state_dict())
    x = torch.randn(2, 10, 12)
    torch.testing.assert_close(model.encoder(x, None), reference(x), atol=1e-5, rtol=0)


def test_the_model_is_the_same_with_its_linear_layer_as_a_convolution(images: Tensor) -> None:
    linear, convolution = make(), make(projection="convolution")
    convolution.load_state_dict(linear.state_dict(), strict=False)
    assert isinstance(linear.patches, LinearPatches)
    convolution.patches = same_map(linear.patches)
    for own, other in zip(linear(images), convolution(images), strict=True):
        torch.testing.assert_close(own, other, atol=1e-5, rtol=0)


@pytest.mark.parametrize("projection", ["linear", "convolution", "cnn"])
def test_every_tensor_has_the_dims_it_says(projection: str, images: Tensor) -> None:
    model = make(projection=projection)
    with tracing(model) as trace:
        output = model(images)
    for name, tensor in trace.items():
        assert (
            list(tensor.shape)
            == [LETTERS[letter] for letter in trace.dims[name].split()][-tensor.dim() :]
        ), name
    assert trace.dims["encoder.layers.1.self_attention.weights"] == "b h p p"
    assert trace.dims["patches.projected"] == "b g d"
    assert torch.equal(trace["head.logits"], output.classes)
    assert torch.equal(trace["painter.pixels"], output.pixels)
    assert {"patches.pixels", "tokens.sequence", "positions.sum", "encoder.state"} <= set(trace)


def test_hiding_no_patch_changes_nothing(images: Tensor) -> None:
    model = make()
    for own, other in zip(model(images), model(images, torch.zeros(2, 9).bool()), strict=True):
        assert torch.equal(own, other)


def test_what_a_hidden_patch_looks_like_does_not_matter(images: Tensor) -> None:
    model, hidden = make(), torch.zeros(2, 9, dtype=torch.bool)
    hidden[:, 4] = True  # the one in the middle
    others = images.clone()
    others[:, :, 4:8, 4:8] = torch.rand(2, 3, 4, 4)
    for own, other in zip(model(images, hidden), model(others, hidden), strict=True):
        assert torch.equal(own, other)
    assert not torch.allclose(model(images).classes, model(others).classes)
    assert not torch.allclose(model(images, hidden).classes, model(images).classes)


def test_patches_are_told_apart_by_their_place(images: Tensor) -> None:
    model, turned = make(), images.flip(2)
    assert not torch.allclose(model(images).classes, model(turned).classes)
    with torch.no_grad():
        model.positions.table.zero_()
    upside_down = images.unflatten(2, (3, 4)).flip(2).flatten(2, 3)  # rows of patches swapped
    torch.testing.assert_close(model(images).classes, model(upside_down).classes)


def test_an_image_that_does_not_fit_is_one_sentence(images: Tensor) -> None:
    model = make()
    with pytest.raises(ValueError, match="reads 3 x 12 x 12 numbers"):
        model(images[:, :1])
    with pytest.raises(ValueError, match="2 images of 9 patches"):
        model(images, torch.zeros(2, 8).bool())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"patch": 5}, "patch 5 does not divide an image of 12 pixels"),
        ({"image": 1024, "patch": 1}, "too many to look at each other"),
        ({"heads": 5}, "cannot be shared by 5 heads"),
        ({"projection": "fourier"}, "projection is 'fourier'"),
    ],
)
def test_sizes_without_sense_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make(**changes)
