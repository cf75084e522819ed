"""Scenes: a few emoji at random places on a random background, so that what is where is known.

Numpy alone; a scene follows from its seed and its number, in every process alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from trainer.backgrounds import background
from trainer.emoji import labels
from trainer.sprites import Turn, sprite, variation

SIDE = 96  # pixels
MOST = 4  # emoji in a scene
SMALLEST, LARGEST = 24, 56  # pixels, the picture's own margin included
LARGEST_OF_MANY = 44  # where there are more than two
TRIES = 16  # places drawn for an emoji before it is made smaller
APART = 0.45  # of the sum of two sizes: nearer centres overlap too much
SEEN = 0.5  # share of a pixel that an emoji has to fill to count as there


class Placed(NamedTuple):
    """An emoji in a scene: which one, whose picture, and the square it stands in, in pixels."""

    emoji: int
    vendor: str
    x: float
    y: float
    size: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        half = self.size / 2
        return self.x - half, self.y - half, self.x + half, self.y + half


@dataclass(frozen=True)
class Scene:
    """image: uint8 (3, 96, 96). masks: bool (K, 96, 96), True where emoji k is what one sees."""

    image: np.ndarray
    placed: tuple[Placed, ...]
    masks: np.ndarray

    @property
    def labels(self) -> np.ndarray:
        """1 for each emoji that is there, float32 (classes,)."""
        there = np.zeros(len(labels()), np.float32)
        there[[each.emoji for each in self.placed]] = 1
        return there

    def mask(self, emoji: int) -> np.ndarray:
        """Where that emoji is seen, nowhere if it is not there: bool (96, 96)."""
        own = np.array([each.emoji == emoji for each in self.placed], dtype=bool)
        return self.masks[own].any(axis=0)


def compose(
    seed: int,
    index: int,
    vendors: Sequence[str] = ("noto",),
    *,
    varied: bool = False,
    chosen: Sequence[int] | None = None,
) -> Scene:
    """Scene number `index` of `seed`: 1 to 4 emoji, or those `chosen`.

    varied: turned, mirrored and of changed colour, to learn from; else as their vendor drew them.
    """
    draw = np.random.default_rng((seed, index))
    if chosen is None:
        count = int(draw.integers(1, MOST + 1))
        chosen = draw.choice(len(labels()), count, replace=False).tolist()
    image = background(draw, SIDE)
    placed = places(draw, chosen, vendors)
    alphas = np.zeros((len(placed), SIDE, SIDE), np.float32)
    for number, each in enumerate(placed):
        turn = variation(draw) if varied else Turn()
        paste(image, alphas, number, each, sprite(each.vendor, each.emoji, each.size, turn))
    pixels = np.minimum(np.maximum(image, 0), 255).astype(np.uint8)
    return Scene(pixels, placed, alphas > SEEN)


def places(
    draw: np.random.Generator, chosen: Sequence[int], vendors: Sequence[str]
) -> tuple[Placed, ...]:
    """A place and a size for each, with little overlap: who finds none is made smaller."""
    placed: list[Placed] = []
    largest = LARGEST if len(chosen) <= 2 else LARGEST_OF_MANY
    for emoji in chosen:
        size = draw.uniform(SMALLEST, largest)
        vendor = vendors[int(draw.integers(len(vendors)))]
        while True:
            spots = draw.uniform(size / 2, SIDE - size / 2, (TRIES, 2))
            free = [(x, y) for x, y in spots.tolist() if is_free(x, y, size, placed)]
            if free or size == SMALLEST:
                x, y = free[0] if free else spots[0].tolist()
                placed.append(Placed(int(emoji), vendor, x, y, size))
                break
            size = max(SMALLEST, 0.8 * size)
    return tuple(placed)


def is_free(x: float, y: float, size: float, placed: Sequence[Placed]) -> bool:
    """Whether an emoji may stand there beside the others."""
    return all(
        max(abs(x - other.x), abs(y - other.y)) >= APART * (size + other.size) for other in placed
    )


def paste(
    image: np.ndarray, alphas: np.ndarray, number: int, place: Placed, rgba: np.ndarray
) -> None:
    """Lay an emoji (4, n, n), colours times alpha, over the image and over those below it."""
    side = rgba.shape[1]
    left, top = round(place.x - side / 2), round(place.y - side / 2)
    cut = slice(max(0, -top), side - max(0, top + side - SIDE))
    across = slice(max(0, -left), side - max(0, left + side - SIDE))
    rgba = rgba[:, cut, across]
    y, x = top + cut.start, left + across.start
    where = (slice(y, y + rgba.shape[1]), slice(x, x + rgba.shape[2]))
    clear = 1 - rgba[3]
    region = image[:, *where]
    region *= clear
    region += rgba[:3]
    alphas[:number, *where] *= clear
    alphas[number, *where] = rgba[3]
