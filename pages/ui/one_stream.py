"""Models of one stream, loaded once for all sessions, which never change them.

torch is imported inside the functions that need it, so that a page paints first.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.catalogue import OneStreamInfo, list_one_stream
from trainer.emoji import labels
from trainer.folder import in_run_words
from trainer.scenes import SIDE

if TYPE_CHECKING:
    from transformer.one_stream import OneStream

CHANNELS = 3  # of a scene


def eyes(*architectures: str) -> list[OneStreamInfo]:
    """The models that have learned the emoji of the scenes, those that ship first."""
    names = tuple(label.name for label in labels())
    return [
        info
        for info in list_one_stream(*architectures)
        if info.labels == names
        and info.sizes.get("image") == SIDE
        and info.sizes.get("channels") == CHANNELS
    ]


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
