"""The steps of all methods for two queries as one blob, and the component that draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pages.ui.catalogue import OneStreamInfo
from pages.ui.components import mount, pack
from pages.ui.gradcam_look import SEED, Look, Steps, look_at
from pages.ui.script import portable
from trainer.emoji import labels
from trainer.scenes import Scene

SCRIPT = """from pathlib import Path
import torch
from trainer.scenes import compose
from transformer.analysis.sight import open_sight
from transformer.analysis.sight_methods import sight_methods
from transformer.one_stream import load_one_stream
model, queries = load_one_stream(Path({folder!r})).model, {queries}
scene = compose({seed}, {number}, ({vendor!r},), chosen={chosen})
images = torch.from_numpy(scene.image).float().expand(2, -1, -1, -1) / 255
print(sight_methods(model)[LOOK].locate(open_sight(model, images, queries)))
"""


@dataclass(frozen=True)
class Seen:
    """An image (3, Y, X) of bytes that is asked about, in words, and what is known of it: its
    scene with the number and vendor that make it again; a person's own picture has none."""

    image: np.ndarray
    words: str
    scene: Scene | None = None
    number: int = 0
    vendor: str = ""


def gradcam_view(info: OneStreamInfo, seen: Seen, queries: Sequence[int], whole: bool) -> None:
    """The component, on an image and two queries. Raises `LookError` and `BundleError`."""
    found = look_at(info, seen.image, queries, whole)
    mount("gradcam")(data=gradcam_blob(info, seen, queries, found), key="gradcam")


def gradcam_blob(info: OneStreamInfo, seen: Seen, queries: Sequence[int], found: Look) -> bytes:
    """Numbers as halves of the largest of their kind, which goes into the header: a derivative may
    be smaller than a half can tell."""
    names = [label.name for label in labels()]
    side = seen.image.shape[-1]
    placed = [each.emoji for each in seen.scene.placed] if seen.scene else []
    arrays = {"image": seen.image, "masks": _masks(seen, queries)}
    looks = []
    for number, steps in enumerate(found.steps):
        tensors = {**steps.tensors, "map": steps.map}
        scales = {name: float(np.abs(values).max()) or 1.0 for name, values in tensors.items()}
        arrays |= {
            f"{number}.{name}": (values / scales[name]).astype(np.float16)
            for name, values in tensors.items()
        }
        looks.append(_told(steps, seen, scales))
    header = {
        "side": side,
        "queries": [
            {
                "name": names[query],
                "there": query in placed,
                "logit": float(logit),
                "probability": float(1 / (1 + np.exp(-logit))),
            }
            for query, logit in zip(queries, found.logits, strict=True)
        ],
        "placed": [names[emoji] for emoji in placed],
        "looks": looks,
        "script": _script(info, seen, queries),
        "provenance": f"{info.stand} · {seen.words}",
    }
    return pack(header, arrays)


def _told(steps: Steps, seen: Seen, scales: dict[str, float]) -> dict[str, object]:
    """What the header says of one way to ask."""
    silent = [bool(point[0] < 0) for point in steps.hottest]
    return {
        "method": steps.method,
        "layer": steps.layer,
        "asks": steps.asks,
        "part": steps.part,
        "count": steps.count,
        "shown": steps.numbers.shape[1],
        "numbers": steps.numbers.tolist(),
        "size": list(steps.map.shape[1:]),
        "has": list(steps.tensors),
        "scales": scales,
        "hottest": [
            None if none else point.tolist()
            for point, none in zip(steps.hottest, silent, strict=True)
        ],
        "on": [
            None if none else what_is_at(seen, *point)
            for point, none in zip(steps.hottest.tolist(), silent, strict=True)
        ],
    }


def what_is_at(seen: Seen, row: int, column: int) -> str | None:
    """The name of the emoji that one sees at a pixel; None for the background."""
    if seen.scene:
        for each, mask in zip(seen.scene.placed, seen.scene.masks, strict=True):
            if mask[row, column]:
                return labels()[each.emoji].name
    return None


def _masks(seen: Seen, queries: Sequence[int]) -> np.ndarray:
    """Where each query is to be seen: 0 or 1 (Q, Y, X), nowhere where nobody knows."""
    if not seen.scene:
        return np.zeros((len(queries), *seen.image.shape[1:]), np.uint8)
    return np.stack([seen.scene.mask(query) for query in queries]).astype(np.uint8)


def _script(info: OneStreamInfo, seen: Seen, queries: Sequence[int]) -> str:
    if not seen.scene:
        return ""
    return SCRIPT.format(
        folder=portable(info.folder),
        queries=list(queries),
        seed=SEED,
        number=seen.number,
        vendor=seen.vendor,
        chosen=[each.emoji for each in seen.scene.placed],
    )
