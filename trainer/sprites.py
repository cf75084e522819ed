"""Emoji at any size, turned, mirrored and of changed colour; numpy alone."""

import math
from functools import cache
from typing import NamedTuple

import numpy as np

from trainer.emoji import SIDE, pictures

MIDDLE = 48  # pixels; smaller than this, the halved picture is sampled, which has no finer detail
FULL = np.eye(3, dtype=np.float32)


class Turn(NamedTuple):
    """What is done to a picture: turned (radians), mirrored, its colours mixed by a matrix, and
    made lighter (0..1 of white)."""

    angle: float = 0.0
    mirrored: bool = False
    colours: np.ndarray = FULL
    light: float = 0.0


def variation(draw: np.random.Generator) -> Turn:
    """A random turn of up to 25 degrees, either hand, another light, and often another hue."""
    angle, hue = draw.uniform(-1, 1, 2).tolist()
    mirrored, far = (draw.random(2) < (0.5, 0.3)).tolist()
    gains = draw.uniform(0.75, 1.25, 3) * draw.uniform(0.75, 1.15)
    colours = (hue_rotation(hue * (math.pi if far else 0.35)) * gains).astype(np.float32)
    return Turn(0.44 * angle, mirrored, colours, draw.uniform(-0.12, 0.12))


def hue_rotation(angle: float) -> np.ndarray:
    """The turn of all colours about the grey axis: (3, 3)."""
    along = np.full((3, 3), 1 / 3)
    across = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / math.sqrt(3)
    return along + math.cos(angle) * (np.eye(3) - along) + math.sin(angle) * across


def sprite(vendor: str, emoji: int, size: float, turn: Turn) -> np.ndarray:
    """float32 (4, n, n), n about `size` and more where it is turned: R, G and B (0..255) times
    alpha, and alpha (0..1)."""
    scale = SIDE / size
    if size < MIDDLE:
        picture, scale = halved(vendor)[emoji], scale / 2
    else:
        picture = padded(vendor)[emoji]
    cos, sin = math.cos(turn.angle), math.sin(turn.angle)
    side = math.ceil(size * (abs(cos) + abs(sin)))
    rgba = sampled(picture, side, scale * cos, scale * sin, turn.mirrored)
    if turn.colours is not FULL:
        white = 255 * rgba[3]
        flat = (turn.colours @ rgba[:3].reshape(3, -1)).reshape(3, side, side)
        flat += np.float32(turn.light) * white
        np.minimum(np.maximum(flat, 0, out=flat), white, out=rgba[:3])
    return rgba


def sampled(picture: np.ndarray, side: int, cos: float, sin: float, mirrored: bool) -> np.ndarray:
    """`picture` (4, n, n) with an empty border, read between its pixels: (4, side, side)."""
    width = picture.shape[-1]
    axis = np.arange(side, dtype=np.float32) - np.float32((side - 1) / 2)
    across = -axis if mirrored else axis
    middle = np.float32((width - 1) / 2)
    last = np.float32(width - 1.001)  # beyond the border all is empty
    x = (np.float32(cos) * across + np.float32(sin) * axis[:, None] + middle).ravel()
    y = (np.float32(-sin) * across + np.float32(cos) * axis[:, None] + middle).ravel()
    x, y = (np.minimum(np.maximum(place, 0), last) for place in (x, y))
    left, top = x.astype(np.intp), y.astype(np.intp)
    x, y, corner = x - left, y - top, top * width + left
    flat = picture.reshape(4, -1)
    upper, lower = (_between(flat, corner + below, x) for below in (0, width))
    lower -= upper
    lower *= y
    lower += upper
    return lower.reshape(4, side, side)


def _between(flat: np.ndarray, index: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Of each channel, that `share` of the way from one pixel to the next on its right."""
    left = flat.take(index, axis=1, mode="clip")
    right = flat.take(index + 1, axis=1, mode="clip")
    right -= left
    right *= share
    right += left
    return right


@cache
def padded(vendor: str) -> np.ndarray:
    """All pictures, colours times alpha, float32 (N, 4, 66, 66): an empty border of one pixel."""
    return _bordered(_premultiplied(vendor))


@cache
def halved(vendor: str) -> np.ndarray:
    """The same at half the size, each pixel the mean of four: (N, 4, 34, 34)."""
    whole = _premultiplied(vendor)
    half = SIDE // 2
    return _bordered(whole.reshape(len(whole), 4, half, 2, half, 2).mean(axis=(3, 5)))


def _premultiplied(vendor: str) -> np.ndarray:
    rgba = pictures(vendor).transpose(0, 3, 1, 2).astype(np.float32, order="C")
    rgba[:, 3] /= 255
    rgba[:, :3] *= rgba[:, 3:]
    return rgba


def _bordered(images: np.ndarray) -> np.ndarray:
    return np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
