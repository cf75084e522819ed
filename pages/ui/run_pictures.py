"""The pictures that a run which sees is asked about at each validation."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import streamlit as st

from trainer.folder import Run

SMALLEST = 96  # pixels: smaller pictures are shown larger, each pixel as a square


@dataclass(frozen=True)
class _Settings:
    images: str
    seed: int


def pictures_of(run: Run) -> dict[str, str]:
    """The address of each picture, its data, by the name that a sample has for it; none for a run
    of text."""
    config = run.config
    if config.get("task") != "see":
        return {}
    return _pictures(str(config.get("images")), int(config.get("seed", 0)))


@st.cache_data(max_entries=4, show_spinner=False)
def _pictures(images: str, seed: int) -> dict[str, str]:
    from PIL import Image

    from trainer.images import ANSWERS, image_data, name_of

    held_out = image_data(_Settings(images, seed)).valid
    found = {}
    for number in range(ANSWERS):
        pixels = held_out[number][0]
        times = max(1, SMALLEST // pixels.shape[-1])
        large = pixels.repeat(times, axis=1).repeat(times, axis=2).transpose(1, 2, 0)
        file = io.BytesIO()
        Image.fromarray(large[..., 0] if large.shape[-1] == 1 else large).save(file, "PNG")
        code = base64.b64encode(file.getvalue()).decode()
        found[name_of(number)] = f"data:image/png;base64,{code}"
    return found
