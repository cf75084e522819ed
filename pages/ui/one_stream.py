"""Models of one stream, loaded once for all sessions, which never change them.

torch is imported inside the functions that need it, so that a page paints first.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.catalogue import OneStreamInfo, list_one_stream
from trainer.emoji import labels
from trainer.folder import in_run_words
from trainer.scenes import SIDE

if TYPE_CHECKING:
    from transformer.one_stream import OneStream


def eyes(*architectures: str, images: Sequence[str] = ("emoji",)) -> list[OneStreamInfo]:
    """The models that have learned to see such images, those that ship first."""
    found = list_one_stream(*architectures)
    return [info for info in found if images_of(info) in images]


def images_of(info: OneStreamInfo) -> str | None:
    """What a model sees: "emoji", in scenes, or "digits"; None where it is something else."""
    known = {
        ("emoji", SIDE, 3): tuple(label.name for label in labels()),
        ("digits", 8, 1): tuple(str(digit) for digit in range(10)),
    }
    for (images, side, channels), names in known.items():
        sizes = info.sizes.get("image"), info.sizes.get("channels")
        if info.labels == names and sizes == (side, channels):
            return images
    return None


@st.cache_resource(max_entries=8, show_spinner="Loading the model …")
def load_one(folder: str, stamp: tuple[int, ...]) -> OneStream:
    """The model in `folder` as its files stand, which `stamp_of` tells. Raises `BundleError`."""
    import torch

    from transformer.folders import BundleError
    from transformer.one_stream import load_one_stream

    torch.set_num_threads(1)  # as `models.py` has it
    path = Path(folder)
    try:
        return load_one_stream(path)
    except BundleError as error:
        raise BundleError(in_run_words(str(error), path)) from error
