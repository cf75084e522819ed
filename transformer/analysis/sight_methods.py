"""The methods that say where a model sees what it says, in the order in which they are shown."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from torch import Tensor

from transformer.analysis.gradcam import grad_cam
from transformer.analysis.gradient_attention import weighted
from transformer.analysis.relevance import added_up
from transformer.analysis.rollout import through
from transformer.analysis.sight import Eyes, Sight, map_names
from transformer.cnn import Cnn


@dataclass(frozen=True)
class SightMethod:
    """A way to explain, of one layer (counted from 1) or of all (0): `locate(sight)` gives a map of
    each image (B, rows, columns), never negative. asks: whether the query makes a difference."""

    name: str
    layer: int
    locate: Callable[[Sight], Tensor]
    asks: bool = True


def sight_methods(model: Eyes) -> list[SightMethod]:
    """All that can be asked of this model."""
    layers = range(len(map_names(model)))
    found = [SightMethod("Grad-CAM", n + 1, partial(_grad_cam_map, layer=n)) for n in layers]
    if isinstance(model, Cnn):
        return found
    found += [
        SightMethod("attention", n + 1, partial(raw_attention, layer=n), asks=False) for n in layers
    ]
    found += [
        SightMethod("gradient × attention", n + 1, partial(gradient_attention, layer=n))
        for n in layers
    ]
    return [
        *found,
        SightMethod("rollout", 0, rollout, asks=False),
        SightMethod("relevance", 0, relevance),
    ]


def _grad_cam_map(sight: Sight, layer: int) -> Tensor:
    return grad_cam(sight, layer).map


def raw_attention(sight: Sight, layer: int) -> Tensor:
    """Where the class token looks in a layer, the mean of its heads."""
    return _of_class_token(sight.weights()[layer].mean(1))


def gradient_attention(sight: Sight, layer: int) -> Tensor:
    """The same, each look weighted with what it does to the score (`weighted`)."""
    return _of_class_token(weighted(sight.weights()[layer], sight.weight_gradients()[layer]))


def rollout(sight: Sight) -> Tensor:
    """Where the class token's state comes from, through all layers (Abnar & Zuidema 2020)."""
    return _of_class_token(through(sight.weights()))


def relevance(sight: Sight) -> Tensor:
    """Relevance through self-attention (Chefer, Gur & Wolf 2021, equations 5 and 6)."""
    pairs = zip(sight.weights(), sight.weight_gradients(), strict=True)
    return _of_class_token(added_up([weighted(own, gradient) for own, gradient in pairs]))


def _of_class_token(pairs: Tensor) -> Tensor:
    """The first row without its first column, on the grid: (B, P, P) -> (B, rows, columns)."""
    row = pairs[:, 0, 1:]
    across = round(row.size(1) ** 0.5)
    return row.unflatten(1, (across, across))
