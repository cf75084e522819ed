"""The handwritten digits that ship, 8 x 8 pixels; numpy alone."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

FILE = Path(__file__).resolve().parents[1] / "assets" / "digits" / "digits.npz"
INK = 16  # the darkest pixel of the data set
HELD_OUT = 297  # of 1,797


class Digits(NamedTuple):
    """images: uint8 (N, 1, 8, 8), ink is 255; labels: uint8 (N,)."""

    images: np.ndarray
    labels: np.ndarray


@cache
def digits() -> tuple[Digits, Digits]:
    """1,500 digits to learn from and 297 held out, the same in every run.

    The last ones are held out instead of a random share, because neighbours in the file are often
    of one writer, whose hand would then be on both sides.
    """
    with np.load(FILE, allow_pickle=False) as file:
        images, labels = file["images"], file["labels"]
    scaled = (images.astype(np.uint16) * 255 // INK).astype(np.uint8)[:, None]
    cut = len(labels) - HELD_OUT
    return Digits(scaled[:cut], labels[:cut]), Digits(scaled[cut:], labels[cut:])
