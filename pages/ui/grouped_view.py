"""Grouped convolution on a real picture: eight channels of it, every cut, what each costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.ui.components import mount, pack
from trainer.emoji import labels, pictures

INPUTS = ("red", "green", "blue", "light", "upright", "level", "rising", "falling")
"""Three colours, their mean, and the edges that run in four directions."""
EDGES = (
    ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
    ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
    ((0, 1, 2), (-1, 0, 1), (-2, -1, 0)),
    ((2, 1, 0), (1, 0, -1), (0, -1, -2)),
)
"""Sobel's kernels (1968), for edges of each direction."""
VENDOR = "noto"
SCRIPT = """import torch
from transformer.analysis.grouped import cut, multiplications, parameters, untrained
whole = untrained({inputs}, {outputs}, kernel={kernel})
grouped = cut(whole, groups=GROUPS)
print(grouped, parameters(grouped), multiplications(grouped, {height}, {width}))
"""


@dataclass(frozen=True)
class Cut:
    """One number of groups: how many inputs each output reads, its cost, what comes out
    (outputs, H, W)."""

    name: str
    groups: int
    reads: str
    parameters: int
    multiplications: int
    outputs: np.ndarray


@dataclass(frozen=True)
class Cuts:
    """All cuts of one convolution; separable is a depthwise one and a convolution of one pixel.
    weights (outputs, inputs, K, K) are those of the whole, of which each cut keeps its blocks."""

    weights: np.ndarray
    options: tuple[Cut, ...]
    separable: Cut


def emoji_names() -> list[str]:
    """The pictures on offer, by the names of their emoji."""
    return [label.name for label in labels()]


def emoji(name: str) -> np.ndarray:
    """The picture of that name on nothing, which is 0: (3, 32, 32), 0..1."""
    rgba = pictures(VENDOR)[emoji_names().index(name)].astype(np.float32) / 255
    flat = rgba[..., :3] * rgba[..., 3:]
    rows, columns = (side // 2 for side in flat.shape[:2])
    return flat.reshape(rows, 2, columns, 2, 3).mean((1, 3)).transpose(2, 0, 1)


def channels_of(picture: np.ndarray) -> np.ndarray:
    """picture (3, H, W) in 0..1 -> what is drawn as the inputs: (8, H, W), edges in -1..1."""
    light = picture.mean(0)
    height, width = light.shape
    padded = np.pad(light, 1, mode="edge")
    shifted = np.stack(
        [padded[y : y + height, x : x + width] for y in (0, 1, 2) for x in (0, 1, 2)]
    )
    edges = np.tensordot(np.array(EDGES, np.float32).reshape(4, 9) / 4, shifted, 1)
    return np.concatenate([picture, light[None], edges])


@st.cache_data(max_entries=32, show_spinner=False)
def all_cuts(inputs: np.ndarray, outputs: int, kernel: int) -> Cuts:
    """What a convolution makes of inputs (C, H, W) under each number of groups."""
    import torch

    from transformer.analysis.grouped import (
        cut,
        multiplications,
        parameters,
        possible_groups,
        reaches,
        untrained,
    )

    channels, height, width = inputs.shape
    whole, image = untrained(channels, outputs, kernel), torch.from_numpy(inputs)
    options = []
    for groups in possible_groups(channels, outputs):
        conv = cut(whole, groups)
        reads = int(reaches(channels, outputs, groups)[0].sum())
        name = f"{groups} · depthwise" if groups == channels else str(groups)
        cost = parameters(conv), multiplications(conv, height, width)
        with torch.no_grad():
            options.append(Cut(name, groups, str(reads), *cost, conv(image).numpy()))
    depthwise = cut(untrained(channels, channels, kernel), channels)
    point = untrained(channels, outputs, 1)
    products = sum(multiplications(conv, height, width) for conv in (depthwise, point))
    separable = Cut(
        "depthwise, then 1 × 1",
        channels,
        "1, then all",
        parameters(depthwise, point),
        products,
        np.zeros(0),
    )
    return Cuts(whole.weight.detach().numpy(), tuple(options), separable)


def grouped_view(name: str, picture: np.ndarray, outputs: int, kernel: int) -> None:
    """The component, on the picture of that name."""
    inputs = channels_of(picture)
    found = all_cuts(inputs, outputs, kernel)
    mount("groups")(data=grouped_blob(name, inputs, found), key="groups")


def grouped_blob(name: str, inputs: np.ndarray, found: Cuts) -> bytes:
    """Every cut in one blob: pictures a byte a pixel, the inputs on one scale, the outputs of each
    cut on another: with fewer terms in its sums they are smaller."""
    outputs, channels, kernel = found.weights.shape[:3]
    results = np.concatenate([as_bytes(cut.outputs) for cut in found.options])
    header = {
        "inputs": list(INPUTS),
        "outputs": [f"output {number}" for number in range(1, outputs + 1)],
        "kernel": kernel,
        "size": list(inputs.shape[1:]),
        "scale": float(np.abs(found.weights).max()),
        "options": [_cost(cut) for cut in found.options],
        "separable": _cost(found.separable),
        "script": SCRIPT.format(
            inputs=channels,
            outputs=outputs,
            kernel=kernel,
            height=inputs.shape[1],
            width=inputs.shape[2],
        ),
        "provenance": f"emoji “{name}”, {inputs.shape[1]} × {inputs.shape[2]} pixels · "
        f"torch.nn.Conv2d({channels}, {outputs}, {kernel}), as PyTorch draws it, not trained",
    }
    arrays = {
        "inputs": as_bytes(inputs),
        "outputs": results,
        "weights": found.weights,
    }
    return pack(header, arrays)


def _cost(cut: Cut) -> dict[str, object]:
    names = ("name", "groups", "reads", "parameters", "multiplications")
    return {name: getattr(cut, name) for name in names}


def as_bytes(values: np.ndarray) -> np.ndarray:
    """-1..1 in a byte, 128 for 0; the largest of all takes the whole way."""
    largest = float(np.abs(values).max()) or 1.0
    return np.round(128 + 127 * values / largest).astype(np.uint8)
