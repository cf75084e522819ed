"""Backgrounds of scenes: one colour, a gradient or blotches, with some grain; numpy alone."""

from functools import cache

import numpy as np

COARSEST = 6  # colours in a row, at most
WIDEST = 110.0  # how far the colours of one background may part
GRAIN = 24.0


def background(draw: np.random.Generator, side: int) -> np.ndarray:
    """float32 (3, side, side), about 0..255: a grid of random colours, blurred into each other.

    A grid of one is plain, of two a gradient, of more blotches.
    """
    cells = int(draw.integers(1, COARSEST + 1))
    colour, spread = draw.uniform(20, 235, (3, 1, 1)), draw.uniform(0, WIDEST)
    grid = (colour + spread * draw.uniform(-1, 1, (3, cells, cells))).astype(np.float32)
    blur = blending(side, cells)
    grain = np.frombuffer(draw.bytes(3 * side * side), np.uint8).reshape(3, side, side)
    strength = np.float32(draw.uniform(0, GRAIN) / 255)
    return blur @ grid @ blur.T + strength * (grain - np.float32(127.5))


@cache
def blending(side: int, cells: int) -> np.ndarray:
    """(side, cells): each pixel as a mix of the two nearest of so many colours in a row."""
    place = np.linspace(0, cells - 1, side)[:, None]
    return np.clip(1 - abs(place - np.arange(cells)), 0, 1).astype(np.float32)
