"""What a vision encoder makes of a picture: cached, numpy alone.

torch is imported inside the functions that need it, so that a page paints first. Hidden patches are
a whole number whose bit g says that patch g, row by row, is not to be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import streamlit as st

from pages.ui.catalogue import OneStreamInfo, stamp_of
from pages.ui.one_stream import load_one

if TYPE_CHECKING:
    import torch

    from transformer.vision import VisionTransformer


@dataclass(frozen=True)
class Seen:
    """Of one picture: attention (L, H, P, P), the class token first; probabilities (V,), a sigmoid
    each, or one softmax where a picture is of one class; painted uint8 (C, Y, X), where a patch was
    hidden what the model puts there."""

    attention: np.ndarray
    probabilities: np.ndarray
    painted: np.ndarray


@dataclass(frozen=True)
class Projected:
    """Each patch as a vector (G, D): by the model's own layer, and by the convolution that is the
    same map, where that layer is linear."""

    own: np.ndarray
    twin: np.ndarray | None

    @property
    def apart(self) -> float:
        """The largest difference between the two."""
        return 0.0 if self.twin is None else float(np.abs(self.own - self.twin).max())


def patches_of(info: OneStreamInfo) -> int:
    """How many patches (G) that model cuts a picture into."""
    return int((info.sizes["image"] // info.sizes["patch"]) ** 2)


def see(info: OneStreamInfo, picture: np.ndarray, hidden: int = 0) -> Seen:
    """picture uint8 (C, Y, X) as the model sees it without its hidden patches."""
    return _see(str(info.folder), stamp_of(info.folder), picture.tobytes(), hidden)


def project(info: OneStreamInfo, picture: np.ndarray) -> Projected:
    """Each patch of the picture as a vector, before its position is added."""
    return _project(str(info.folder), stamp_of(info.folder), picture.tobytes())


def alike_positions(info: OneStreamInfo) -> np.ndarray:
    """The cosine of each patch's learned position with each other one: (G, G)."""
    return _alike(str(info.folder), stamp_of(info.folder))


def painting_errors(picture: np.ndarray, seen: Seen, hidden: int, patch: int) -> tuple[float, ...]:
    """Mean squared error, colours 0..1, of the hidden patches as painted, and of the mean colour
    of all that was not hidden in their place; nothing where no patch or every one is hidden."""
    across = picture.shape[1] // patch
    mask = np.array([hidden >> g & 1 for g in range(across**2)], bool).reshape(across, across)
    if not mask.any() or mask.all():
        return ()
    pixels = mask.repeat(patch, 0).repeat(patch, 1)
    truth, painted = picture / 255, seen.painted / 255
    mean = truth[:, ~pixels].mean(1, keepdims=True)
    errors = (painted[:, pixels], mean)
    return tuple(float(np.square(made - truth[:, pixels]).mean()) for made in errors)


@st.cache_data(max_entries=128, show_spinner=False)
def _see(folder: str, stamp: tuple[int, ...], pixels: bytes, hidden: int) -> Seen:
    import torch

    from transformer.patches import joined
    from transformer.trace import tracing

    model = _eyes(folder, stamp)
    exclusive = load_one(folder, stamp).about.get("exclusive")
    sizes = model.config
    bits = torch.tensor([[bool(hidden >> g & 1) for g in range(sizes.patches)]])
    images = _images(model, pixels)
    with torch.no_grad(), tracing(model) as trace:
        output = model(images, bits)
    names = [f"encoder.layers.{n}.self_attention.weights" for n in range(sizes.layers)]
    painted = joined(output.pixels, sizes.patch, sizes.channels).clamp(0, 1)[0]
    cells = bits.view(sizes.across, sizes.across)
    covered = cells.repeat_interleave(sizes.patch, 0).repeat_interleave(sizes.patch, 1)
    return Seen(
        torch.stack([trace[name][0] for name in names]).numpy(),
        (output.classes.softmax(dim=-1) if exclusive else output.classes.sigmoid())[0].numpy(),
        (torch.where(covered, painted, images[0]) * 255).round().to(torch.uint8).numpy(),
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _project(folder: str, stamp: tuple[int, ...], pixels: bytes) -> Projected:
    import torch

    from transformer.patches import LinearPatches, same_map

    model = _eyes(folder, stamp)
    layer, images = model.patches, _images(model, pixels)
    with torch.no_grad():
        own = layer(images)[0].numpy()
        twin = same_map(layer)(images)[0].numpy() if isinstance(layer, LinearPatches) else None
    return Projected(own, twin)


@st.cache_data(max_entries=8, show_spinner=False)
def _alike(folder: str, stamp: tuple[int, ...]) -> np.ndarray:
    table = _eyes(folder, stamp).positions.table.detach().numpy()[1:]  # the first is the class's
    units = table / np.linalg.norm(table, axis=1, keepdims=True)
    found: np.ndarray = units @ units.T
    return found


def _eyes(folder: str, stamp: tuple[int, ...]) -> VisionTransformer:
    return cast("VisionTransformer", load_one(folder, stamp).model)


def _images(model: VisionTransformer, pixels: bytes) -> torch.Tensor:
    import torch

    channels, side = model.config.channels, model.config.image
    values = np.frombuffer(pixels, np.uint8).reshape(1, channels, side, side)
    return torch.from_numpy(values.astype(np.float32) / 255)
