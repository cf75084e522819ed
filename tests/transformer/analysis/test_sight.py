"""Grad-CAM and the methods of the vision encoder: against plain autograd, and by property."""

from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor

from transformer.analysis.gradcam import grad_cam
from transformer.analysis.sight import Eyes, as_maps, map_names, open_sight
from transformer.analysis.sight_methods import relevance, rollout, sight_methods
from transformer.cnn import Cnn, CnnConfig
from transformer.patches import cut
from transformer.trace import tracing
from transformer.vision import VisionConfig, VisionTransformer


def cnn() -> Cnn:
    torch.manual_seed(0)
    return Cnn(CnnConfig(7, image=24, widths="8,12,16,20")).eval()


def vision(**changes: Any) -> VisionTransformer:
    torch.manual_seed(0)
    sizes = {"image": 24, "patch": 4, "layers": 3, "d_model": 12, "d_ff": 20, "heads": 3}
    return VisionTransformer(VisionConfig(7, **{**sizes, **changes})).eval()


BOTH = pytest.mark.parametrize("model", [cnn(), vision()], ids=["cnn", "vision"])


@pytest.fixture
def images() -> Tensor:
    return torch.rand(3, 3, 24, 24, generator=torch.Generator().manual_seed(1))


@BOTH
def test_a_gradient_is_the_slope_of_the_score(model: Eyes, images: Tensor) -> None:
    """Along a random direction, by two passes, in float64."""
    model, images = model.double(), images.double()
    sight = open_sight(model, images, [2, 5, 0])
    for name in map_names(model):
        step = torch.randn_like(sight.tensors[name])
        scores = []
        for sign in (1, -1):
            moved = {name: partial(torch.add, other=step, alpha=1e-5 * sign)}
            with tracing(model, moved), torch.no_grad():
                output = model(images)
            logits = output if isinstance(output, Tensor) else output.classes
            scores.append(logits[torch.arange(3), [2, 5, 0]])
        slope = (scores[0] - scores[1]) / 2e-5
        expected = (sight.gradients[name] * step).flatten(1).sum(dim=1)
        torch.testing.assert_close(slope, expected, atol=1e-6, rtol=1e-4)
    model.float()


@BOTH
def test_no_parameter_is_given_a_gradient(model: Eyes, images: Tensor) -> None:
    with torch.no_grad():
        open_sight(model, images, [0, 0, 0])
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not images.requires_grad


@BOTH
def test_images_beside_each_other_do_not_matter(model: Eyes, images: Tensor) -> None:
    together, alone = open_sight(model, images, [2, 5, 0]), open_sight(model, images[1:2], [5])
    for method in sight_methods(model):
        own, other = method.locate(alone)[0], method.locate(together)[1]
        torch.testing.assert_close(own, other, atol=1e-6, rtol=1e-4)


def test_the_last_layer_of_a_cnn_is_its_class_activation_map(images: Tensor) -> None:
    """Where a linear layer follows the average, equation 1 gives its row divided by the number of
    pixels (section 3.1 of the paper: Grad-CAM generalises CAM), and the map adds up to the score
    without its bias."""
    model = cnn()
    sight = open_sight(model, images, [3, 3, 3])
    steps = grad_cam(sight, -1)
    row = model.head.linear.weight[3] / 9  # maps of 3 x 3
    torch.testing.assert_close(steps.weights, row.expand(3, -1))
    score = sight.logits[:, 3] - model.head.linear.bias[3]
    torch.testing.assert_close(steps.summed.sum(dim=(1, 2)), score, atol=1e-5, rtol=1e-4)


@BOTH
def test_every_step_follows_from_the_one_before(model: Eyes, images: Tensor) -> None:
    sight = open_sight(model, images, [1, 2, 3])
    for layer, name in enumerate(map_names(model)):
        steps = grad_cam(sight, layer)
        assert torch.equal(steps.activations, as_maps(sight.tensors[name]))
        assert steps.activations.shape == steps.gradients.shape == steps.shares().shape
        torch.testing.assert_close(steps.shares().sum(dim=1), steps.summed)
        assert torch.equal(steps.map, steps.summed.clamp(min=0))


def test_tokens_go_back_to_their_places(images: Tensor) -> None:
    """Patch by patch: what stands in row r, column c of the map is the patch cut there."""
    patches = cut(images, 4)
    tokens = torch.cat([torch.zeros(3, 1, 48), patches], dim=1)
    maps = as_maps(tokens)
    assert maps.shape == (3, 48, 6, 6)
    torch.testing.assert_close(maps[0, :, 2, 5], images[0, :, 8:12, 20:24].flatten())


@BOTH
def test_two_queries_give_two_maps_where_a_method_asks(model: Eyes, images: Tensor) -> None:
    one, other = open_sight(model, images, [0, 0, 0]), open_sight(model, images, [4, 4, 4])
    names = set()
    for method in sight_methods(model):
        maps = method.locate(one), method.locate(other)
        assert maps[0].dim() == 3
        assert (maps[0] >= 0).all()
        assert torch.equal(*maps) != method.asks
        names.add((method.name, method.layer))
    assert len(names) == len(sight_methods(model))


def test_attention_and_its_weighting_are_those_of_each_layer(images: Tensor) -> None:
    """What the class token looks at, by hand, on the grid of the patches."""
    sight = open_sight(vision(), images, [2, 5, 0])
    found = {(way.name, way.layer): way.locate(sight) for way in sight_methods(sight.model)}
    pairs = zip(sight.weights(), sight.weight_gradients(), strict=True)
    for layer, (weights, gradients) in enumerate(pairs, 1):
        looks, slopes = (each[:, :, 0, 1:].reshape(3, 3, 6, 6) for each in (weights, gradients))
        weighted = (looks * slopes).clamp(min=0)
        torch.testing.assert_close(found["attention", layer], looks.sum(1) / 3)
        torch.testing.assert_close(found["gradient × attention", layer], weighted.sum(1) / 3)


def test_the_shares_of_a_rollout_sum_to_one_with_the_class_token_s_own(images: Tensor) -> None:
    model = vision()
    sight = open_sight(model, images, [0, 0, 0])
    assert (rollout(sight).sum(dim=(1, 2)) < 1).all()
    identity = torch.eye(37)
    shares = identity
    for weights in sight.weights():
        shares = (0.5 * weights.mean(1) + 0.5 * identity) @ shares
    torch.testing.assert_close(shares.sum(-1), torch.ones(3, 37))
    torch.testing.assert_close(rollout(sight).flatten(1), shares[:, 0, 1:])


def test_relevance_is_added_up_from_the_first_layer_to_the_last(images: Tensor) -> None:
    """Equations 5 and 6 of Chefer et al., an image and a layer at a time."""
    sight = open_sight(vision(), images, [2, 5, 0])
    for number, own in enumerate(relevance(sight)):
        found = torch.eye(37)
        for weights, gradients in zip(sight.weights(), sight.weight_gradients(), strict=True):
            helped = (weights[number] * gradients[number]).relu().mean(dim=0)
            found = found + helped @ found
        torch.testing.assert_close(own.flatten(), found[0, 1:])


def test_what_no_layer_looks_at_has_no_relevance(images: Tensor) -> None:
    """A model whose attention is cut off from a patch gives it none, by rollout and relevance."""
    model = vision()

    def blind(weights: Tensor) -> Tensor:
        return weights.index_fill(-1, torch.tensor([8]), 0.0)  # patch 7: row 1, column 1

    names = [f"encoder.layers.{n}.self_attention.weights" for n in range(3)]
    with tracing(model, dict.fromkeys(names, blind)):
        pass_through = model(images)
    assert pass_through.classes.isfinite().all()
    sight = open_sight(model, images, [0, 0, 0])
    cut_off = type(sight)(
        model,
        images,
        sight.queries,
        sight.logits,
        {**sight.tensors, **{name: blind(sight.tensors[name]) for name in names}},
        sight.gradients,
    )
    for method in (rollout, relevance):
        assert (method(cut_off)[:, 1, 1] == 0).all()
        assert (method(sight)[:, 1, 1] > 0).any()
