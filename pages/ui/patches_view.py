"""A picture as the vision encoder reads it, as a component: patches, heads, paint, positions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from pages.ui.catalogue import OneStreamInfo
from pages.ui.components import mount, pack
from pages.ui.kept import Kept
from pages.ui.one_stream import images_of
from pages.ui.picture_choice import Picture
from pages.ui.script import portable
from pages.ui.seeing import alike_positions, painting_errors, patches_of, project, see

KEY = "patches"
MOST = 8  # classes on show, beside those that are there

SCRIPT = """import torch
from pathlib import Path
{source}
from transformer.one_stream import load_one_stream
from transformer.trace import tracing
image = torch.from_numpy({made})[None] / 255
hidden = torch.tensor([[bool({hidden} >> g & 1) for g in range({count})]])
model = load_one_stream(Path({folder!r})).model
with torch.no_grad(), tracing(model) as trace:
    model(image, hidden)
print(trace["encoder.layers.LAYER.self_attention.weights"][0, HEAD, TOKEN].tolist())
"""


def hidden_name(info: OneStreamInfo) -> str:
    """What hidden patches are called in the address: those of a digit are others than a scene's."""
    return "gone" if images_of(info) == "digits" else "hidden"


def hidden_patches(info: OneStreamInfo) -> Any:
    """Takes the patches that are hidden, as the address has them: bits in sixteens."""

    def read(text: str) -> int:
        if len(text) > patches_of(info) // 4 + 1 or not (text.isascii() and text.isalnum()):
            raise ValueError(text)
        value = int(text, 16)
        if value >> patches_of(info):
            raise ValueError(text)
        return value

    return read


def patches_view(info: OneStreamInfo, picture: Picture, hidden: int, kept: Kept) -> None:
    """The component; a patch that is pressed in it is hidden, or seen again: one round trip."""
    mount("patches")(
        data=patches_blob(info, picture, hidden),
        key=KEY,
        on_hide_change=partial(_hide, kept, hidden_name(info), hidden, patches_of(info)),
    )


def patches_blob(info: OneStreamInfo, picture: Picture, hidden: int) -> bytes:
    """All that the component draws of one picture, under what is hidden."""
    seen, whole = see(info, picture.pixels, hidden), see(info, picture.pixels)
    vectors, count = project(info, picture.pixels), patches_of(info)
    errors = painting_errors(picture.pixels, seen, hidden, int(info.sizes["patch"]))
    header = {
        "side": picture.pixels.shape[1],
        "patch": int(info.sizes["patch"]),
        "projection": info.sizes["projection"],
        "hidden": [g for g in range(count) if hidden >> g & 1],
        "channels": len(picture.pixels),
        "exclusive": images_of(info) == "digits",
        "classes": _classes(info.labels, seen.probabilities, whole.probabilities, picture.there),
        "count": len(seen.probabilities),
        "sum": float(seen.probabilities.sum()),
        "known": picture.there is not None,
        "errors": list(errors),
        "script": script_of_eyes(info, picture, hidden),
        "provenance": f"{info.stand} · {picture.name}",
    }
    arrays = {
        "image": coloured(picture.pixels),
        "painted": coloured(seen.painted),
        "attention": seen.attention.astype(np.float16),
        "positions": alike_positions(info).astype(np.float16),
        "vectors": vectors.own,
    }
    if vectors.twin is not None:
        arrays["twin"] = vectors.twin
    return pack(header, arrays)


def coloured(pixels: np.ndarray) -> np.ndarray:
    """Grey (1, Y, X) in three channels, as the browser draws it; colours as they are."""
    return np.broadcast_to(pixels, (3, *pixels.shape[1:]))


def script_of_eyes(info: OneStreamInfo, picture: Picture, hidden: int) -> str:
    """Lines that print the weights of token `TOKEN` in head `HEAD` of layer `LAYER`; none of a
    person's own picture."""
    if not picture.made:
        return ""
    return SCRIPT.format(
        source=picture.made[0],
        made=picture.made[1],
        hidden=hidden,
        count=patches_of(info),
        folder=portable(info.folder),
    )


def _classes(
    names: Sequence[str], now: np.ndarray, whole: np.ndarray, there: Sequence[int] | None
) -> list[dict[str, Any]]:
    """The likeliest classes, those likeliest when nothing is hidden, and those that are there."""
    known = list(there or ())
    best = [int(at) for at in np.argsort(-now)[:MOST]]
    rest = [int(at) for at in np.argsort(-whole)[: MOST // 2]]
    shown = sorted({*best, *rest, *known}, key=lambda at: -whole[at])
    return [
        {
            "name": names[at],
            "now": float(now[at]),
            "whole": float(whole[at]),
            "there": at in known,
        }
        for at in shown
    ]


def _hide(kept: Kept, name: str, hidden: int, count: int) -> None:
    """What was pressed: {"patch": 14}, counted from 0, or {"all": "half"} or {"all": "none"}."""
    asked = getattr(st.session_state.get(KEY), "hide", None)
    changed = after(hidden, asked, count) if isinstance(asked, dict) else hidden
    if changed != hidden:
        kept.keep(**{name: (f"{changed:x}", "0")})


def after(hidden: int, asked: dict[str, Any], count: int) -> int:
    """The hidden patches after what the browser asked for; as before where it may not ask that."""
    patch, every = asked.get("patch"), asked.get("all")
    if type(patch) is int and 0 <= patch < count:
        return hidden ^ 1 << patch
    if every == "none":
        return 0
    if every != "half":
        return hidden
    from trainer.images import another_half  # brings torch

    return another_half(hidden, count)
