"""The emoji that ship: pictures by two vendors, their names; numpy alone.

`assets/emoji/emoji.npz`, made by `tools/emoji.py`, holds an array for each vendor.
"""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "emoji"
VENDORS = ("noto", "twemoji")
SIDE = 64  # pixels


class Label(NamedTuple):
    """What an emoji is: Unicode code points, a name that no other has, and its category."""

    code: str
    name: str
    category: str

    @property
    def character(self) -> str:
        """The emoji as text."""
        return "".join(chr(int(point, 16)) for point in self.code.split("-"))


@cache
def labels() -> tuple[Label, ...]:
    """All emoji, in the order of the pictures: class i of a model is `labels()[i]`."""
    listed = json.loads((FOLDER / "labels.json").read_text("utf-8"))
    return tuple(Label(**label) for label in listed)


@cache
def pictures(vendor: str) -> np.ndarray:
    """All emoji by one of `VENDORS`: uint8 RGBA (N, 64, 64, 4), not to be written to."""
    with np.load(FOLDER / "emoji.npz", allow_pickle=False) as file:
        rgba: np.ndarray = file[vendor]
    rgba.flags.writeable = False
    return rgba
