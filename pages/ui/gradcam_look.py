"""Where a model sees what it says: a scene, two queries, every way to ask; cached, numpy only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import streamlit as st

from pages.ui.catalogue import LookError, OneStreamInfo, stamp_of
from pages.ui.models import check_numbers
from pages.ui.one_stream import load_one
from trainer.emoji import labels
from trainer.scenes import Scene, compose

if TYPE_CHECKING:
    from torch import Tensor

    from transformer.analysis.sight import Eyes, Sight

SEED = 7  # of the scenes on the page, which no training and no measurement has
MOST = 8  # channels of a layer that are sent, unless all are asked for


@dataclass(frozen=True)
class Steps:
    """A way to ask, of one layer (from 1) or of all (0): Q queries on one image, its rows Y and
    columns X those of the layer.

    numbers (Q, K): the parts that are told, channels or heads, from 0 and the weightiest first, of
    `count`. activations and gradients (Q, K, Y, X), weights (Q, K) and summed (Q, Y, X) are there
    where the method has them. map (Q, Y, X), never negative; hottest (Q, 2): row and column in the
    image of its largest cell, and -1 where it is nothing but zeros.
    """

    method: str
    layer: int
    asks: bool
    part: str
    count: int
    numbers: np.ndarray
    tensors: dict[str, np.ndarray]
    map: np.ndarray
    hottest: np.ndarray


@dataclass(frozen=True)
class Look:
    """What a model makes of an image: all `Steps`, and how sure it is of each query (Q,)."""

    steps: tuple[Steps, ...]
    logits: np.ndarray


def scene_of(number: int, vendor: str, chosen: Sequence[str]) -> Scene:
    """Scene `number` with the emoji of these names, as their vendor drew them."""
    names = [label.name for label in labels()]
    return compose(SEED, number, (vendor,), chosen=[names.index(name) for name in chosen])


def look_at(
    info: OneStreamInfo, image: np.ndarray, queries: Sequence[int], whole: bool = False
) -> Look:
    """image (3, Y, X) as bytes; whole: all channels, not the weightiest alone. Raises
    `LookError` and `BundleError`."""
    side, channels = int(info.sizes["image"]), int(info.sizes["channels"])
    if image.shape != (channels, side, side):
        raise LookError("This model sees pictures of another size: choose another one.")
    return _look_at(str(info.folder), stamp_of(info.folder), image, tuple(queries), whole)


@st.cache_data(max_entries=32, show_spinner=False)
def _look_at(
    folder: str, stamp: tuple[int, ...], image: np.ndarray, queries: tuple[int, ...], whole: bool
) -> Look:
    import torch

    from transformer.analysis.pointing import hottest
    from transformer.analysis.sight import open_sight
    from transformer.analysis.sight_methods import sight_methods

    model = cast("Eyes", load_one(folder, stamp).model)
    images = torch.from_numpy(image).float().expand(len(queries), -1, -1, -1) / 255
    sight = open_sight(model, images, queries)
    logits = sight.logits.gather(1, sight.queries[:, None])[:, 0].numpy()
    check_numbers(logits)
    steps = []
    for method in sight_methods(model):
        maps = method.locate(sight)
        part, found = PARTS[method.name](sight, method.layer - 1) if method.layer else ("", {})
        count, numbers, tensors = _weightiest(found, whole)
        points = hottest(maps, image.shape[-1])
        points[maps.flatten(1).amax(1) <= 0] = -1
        told = method.name, method.layer, method.asks, part, count, numbers, tensors
        steps.append(Steps(*told, maps.numpy(), points.numpy()))
    return Look(tuple(steps), logits)


def _channels(sight: Sight, layer: int) -> tuple[str, dict[str, Tensor]]:
    from transformer.analysis.gradcam import grad_cam

    cam = grad_cam(sight, layer)
    names = ("activations", "gradients", "weights", "summed")
    return "channel", {name: getattr(cam, name) for name in names}


def _heads(sight: Sight, layer: int) -> tuple[str, dict[str, Tensor]]:
    return "head", {"activations": _class_token(sight.weights()[layer])}


def _weighted_heads(sight: Sight, layer: int) -> tuple[str, dict[str, Tensor]]:
    gradients = {"gradients": _class_token(sight.weight_gradients()[layer])}
    return "head", _heads(sight, layer)[1] | gradients


PARTS: dict[str, Callable[[Sight, int], tuple[str, dict[str, Tensor]]]] = {
    "Grad-CAM": _channels,
    "attention": _heads,
    "gradient × attention": _weighted_heads,
}
"""What a method is put together from in one layer: the name of a part, and (Q, parts, Y, X)."""


def _class_token(pairs: Tensor) -> Tensor:
    """The class token's looks at the patches: (Q, H, P, P) -> (Q, H, rows, columns)."""
    row = pairs[:, :, 0, 1:]
    across = round(row.size(-1) ** 0.5)
    return row.unflatten(-1, (across, across))


def _weightiest(
    found: dict[str, Tensor], whole: bool
) -> tuple[int, np.ndarray, dict[str, np.ndarray]]:
    """How many parts there are, which are told, and what is told of them."""
    if not found:
        return 0, np.zeros((2, 0), np.uint32), {}
    queries, count = found["activations"].shape[:2]
    numbers = np.tile(np.arange(count), (queries, 1))
    if "weights" in found:
        numbers = np.argsort(-found["weights"].abs().numpy(), axis=1, kind="stable")
        numbers = numbers if whole else numbers[:, :MOST]
    rows = np.arange(queries)[:, None]
    tensors = {
        name: tensor.numpy() if name == "summed" else tensor.numpy()[rows, numbers]
        for name, tensor in found.items()
    }
    return count, numbers.astype(np.uint32), tensors
