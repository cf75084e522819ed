"""What the vision encoder is shown: a scene or a digit by its number, or a person's own
picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.ui.catalogue import LookError, OneStreamInfo
from pages.ui.images import read_image
from pages.ui.kept import Kept, one_of, whole
from pages.ui.layout import notice
from pages.ui.one_stream import images_of
from trainer.digits import digits
from trainer.emoji import VENDORS, labels
from trainer.scenes import MOST, SIDE, compose

NAMES = {"noto": "Noto", "twemoji": "Twemoji"}
LAST = 1999  # of the scenes that were held out
FIRST = 9


@dataclass(frozen=True)
class Picture:
    """pixels uint8 (C, Y, X); there: the classes that are in it, None where nobody knows; name:
    what it is, in the line below the pictures; made: an import and the expression that make it
    again, none where nothing can."""

    pixels: np.ndarray
    there: tuple[int, ...] | None
    name: str
    made: tuple[str, str] | None = None


def picture_choice(info: OneStreamInfo, kept: Kept, text: Mapping[str, str]) -> Picture:
    """The controls for what that model sees, and what they choose; a file that is no picture is
    answered in a sentence, and the scene stays."""
    if images_of(info) == "digits":
        return _digit(kept, text)
    sources = {"scene": text["scene"], "file": text["file"], "camera": text["camera"]}
    source = st.segmented_control(
        text["source"],
        sources,
        format_func=sources.__getitem__,
        required=True,
        **kept.bound("from", "scene", one_of(sources), clears=("hidden",)),
    )
    if source != "scene":
        try:
            if own := _own(str(source), text):
                return own
            notice(text["absent"])
        except LookError as error:
            notice(str(error), "warning")
    return _scene(kept, text)


def _own(source: str, text: Mapping[str, str]) -> Picture | None:
    if source == "file":
        file = st.file_uploader(text["upload"], key="vision.file")
    else:
        file = st.camera_input(text["shoot"], key="vision.camera", width=360)
    st.caption(text["own"].format(side=SIDE))
    return Picture(read_image(file.getvalue(), SIDE), None, text["yours"]) if file else None


def _scene(kept: Kept, text: Mapping[str, str]) -> Picture:
    from trainer.images import VALID_SEED  # brings torch

    nothing: list[int] = []
    number = kept.read("scene", FIRST, whole(0, LAST))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            text["number"],
            0,
            LAST,
            width=150,
            **kept.bound("scene", FIRST, whole(0, LAST), clears=("hidden",)),
        )
        vendor = st.segmented_control(
            text["vendor"],
            VENDORS,
            format_func=NAMES.__getitem__,
            required=True,
            **kept.bound("vendor", "noto", one_of(VENDORS)),
        )
        chosen = st.multiselect(
            text["chosen"],
            range(len(labels())),
            format_func=lambda at: labels()[at].name,
            max_selections=MOST,
            placeholder=text["any"],
            width=300,
            **kept.bound("with", nothing, classes, _written, clears=("hidden",)),
        )
        st.button(text["another"], on_click=_another, args=(kept, number), icon=":material/casino:")
    scene = compose(VALID_SEED, number, (str(vendor),), chosen=chosen or None)
    name = f"scene {number} · {NAMES[str(vendor)]}"
    made = f"compose({VALID_SEED}, {number}, {(vendor,)}, chosen={chosen or None}).image"
    there = tuple(each.emoji for each in scene.placed)
    return Picture(scene.image, there, name, ("from trainer.scenes import compose", made))


def _digit(kept: Kept, text: Mapping[str, str]) -> Picture:
    held_out = digits()[1]
    last = len(held_out.labels) - 1
    number = kept.read("digit", 0, whole(0, last))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        bound = kept.bound("digit", 0, whole(0, last), clears=("gone",))
        st.number_input(text["digit"], 0, last, width=150, **bound)
        after = (number + 1) % (last + 1)
        st.button(
            text["another digit"],
            on_click=lambda: kept.keep(digit=(after, 0), gone=(None, None)),
            icon=":material/casino:",
        )
    made = ("from trainer.digits import digits", f"digits()[1].images[{number}]")
    label = int(held_out.labels[number])
    name = f"picture {number} of the digits held out"
    return Picture(held_out.images[number], (label,), name, made)


def _another(kept: Kept, number: int) -> None:
    kept.keep(scene=((number + 1) % (LAST + 1), FIRST), hidden=(None, None))


def classes(text: str) -> list[int]:
    """Classes as the address has them: "2.5". Raises ValueError."""
    found = [whole(0, len(labels()) - 1)(part) for part in text.split(".")]
    if len(set(found)) != len(found) or len(found) > MOST:
        raise ValueError(text)
    return found


def _written(chosen: list[int]) -> str:
    return ".".join(map(str, chosen))
