"""What is asked on the Grad-CAM page: the model, the scene or an own picture, the queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui.catalogue import OneStreamInfo
from pages.ui.gradcam_look import scene_of
from pages.ui.gradcam_view import Seen
from pages.ui.images import ImageError, read_image
from pages.ui.kept import Kept, one_of, whole
from pages.ui.layout import notice
from trainer.emoji import VENDORS, labels
from trainer.scenes import MOST, SIDE

USUAL = ("tiger", "cat")
SCENE, LAST = 2, 999
VENDOR_NAMES = {"noto": "Noto", "twemoji": "Twemoji"}


def chosen_model(
    infos: Sequence[OneStreamInfo], kept: Kept, text: Mapping[str, str]
) -> OneStreamInfo:
    """The eyes that look."""
    by_key = {info.key: info for info in infos}
    key = st.selectbox(
        text["model"],
        list(by_key),
        format_func=lambda key: by_key[key].choice,
        width=300,
        **kept.bound("model", infos[0].key, one_of(by_key)),
    )
    return by_key[key]


def chosen_image(kept: Kept, text: Mapping[str, str]) -> Seen:
    """A scene of the emoji that a person names, or the picture that they gave."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = st.multiselect(
            text["emoji"],
            [label.name for label in labels()],
            max_selections=MOST,
            width=420,
            **kept.bound("emoji", list(USUAL), several, ",".join, clears=("one", "two")),
        )
        number = st.number_input(
            text["scene"], 1, LAST, width=130, **kept.bound("scene", SCENE, whole(1, LAST))
        )
        vendor = st.segmented_control(
            text["vendor"],
            VENDORS,
            required=True,
            format_func=VENDOR_NAMES.__getitem__,
            **kept.bound("vendor", VENDORS[0], one_of(VENDORS)),
        )
        own = _own_picture(text)
    if own:
        return own
    if not names:
        notice(text["no emoji"])
        names = list(USUAL)
    made = scene_of(number, vendor, names)
    words = f"scene {number} of {', '.join(names)} by {VENDOR_NAMES[vendor]}"
    return Seen(made.image, words, made, number, vendor)


def _own_picture(text: Mapping[str, str]) -> Seen | None:
    """What a person gave, kept in the session alone."""
    with st.popover(text["own"], icon=":material/upload_file:"):
        st.caption(text["own-help"])
        file = st.file_uploader(text["own"], label_visibility="collapsed", key="gradcam.own")
    if file is None:
        return None
    try:
        return Seen(read_image(file.getvalue(), SIDE), "a picture of your own")
    except ImageError as error:
        notice(str(error), "warning")
        return None


def chosen_queries(seen: Seen, kept: Kept, text: Mapping[str, str]) -> tuple[int, int]:
    """Two classes to ask for, of all that the model knows: at first those of the scene."""
    names = [label.name for label in labels()]
    there = [names[each.emoji] for each in seen.scene.placed] if seen.scene else []
    usual = [*there, *USUAL][:2] if len(there) != 1 else [there[0], next_to(there[0])]
    with st.container(horizontal=True):
        asked = [
            st.selectbox(
                text[name],
                names,
                width=220,
                **kept.bound(name, own, one_of(names)),
            )
            for name, own in zip(("one", "two"), usual, strict=True)
        ]
    return names.index(asked[0]), names.index(asked[1])


def next_to(name: str) -> str:
    """Another query than that: one of the usual two."""
    return next(other for other in USUAL if other != name)


def several(text: str) -> list[str]:
    """Takes up to `MOST` known names with commas between; none for an empty text."""
    known = {label.name for label in labels()}
    found = list(dict.fromkeys(filter(None, text.split(","))))
    if not known.issuperset(found) or len(found) > MOST:
        raise ValueError(text)
    return found
