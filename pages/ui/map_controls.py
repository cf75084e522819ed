"""What can be set above the map: how it is made and what near means; and the piece chosen on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui.kept import Kept, one_of, share, whole
from pages.ui.maps import Settings

MEASURES = {"cosine": "Cosine", "distance": "Euclid"}
METHODS = ("PCA", "UMAP", "t-SNE")
DIMENSIONS = ("2-D", "3-D")
SLIDERS = {"UMAP": ("near", 2, 100, 15), "t-SNE": ("perplexity", 5, 100, 30)}
"""The name in the address, from, to, and where it stands at first."""


def map_controls(kept: Kept, size: int, text: Mapping[str, str]) -> tuple[Settings, str]:
    """How the map of `size` pieces is made, and what near means."""
    how = _choice(kept, "Projection", "how", METHODS)
    dims = _choice(kept, "Dimensions", "dims", DIMENSIONS)
    measure = _choice(kept, "Nearest by", "measure", MEASURES)
    near, spread = Settings().near, Settings().spread
    if how in SLIDERS:
        name, low, high, usual = SLIDERS[how]
        high = max(low + 1, min(high, size - 1))
        near = st.slider(
            text[f"near {how.lower()}"], low, high,
            help=text[f"near {how.lower()} help"], width=170,
            **kept.bound(name, min(usual, size - 1), whole(low, high)),
        )  # fmt: skip
    if how == "UMAP":
        spread = st.slider(
            text["spread"], 0.0, 0.9, step=0.05, help=text["spread help"], width=170,
            **kept.bound("spread", spread, share(0.9, 0.05)),
        )  # fmt: skip
    return Settings(how, 2 if dims == "2-D" else 3, near, round(spread, 2)), measure


def _choice(kept: Kept, label: str, name: str, options: Sequence[str] | Mapping[str, str]) -> str:
    names = options if isinstance(options, Mapping) else dict(zip(options, options, strict=True))
    bound = kept.bound(name, next(iter(names)), one_of(names))
    chosen = st.segmented_control(
        label, list(names), format_func=names.__getitem__, required=True, **bound
    )
    return str(chosen)


def chosen_piece(kept: Kept, whose: str, own: Sequence[int], size: int) -> int:
    """The piece of that vocabulary chosen on the map; else the first of the person's own, else any.

    One that was chosen in another vocabulary waits for it.
    """
    usual = next(iter(own), min(4, size - 1))
    held, _, _ = kept.values.get("piece", "").rpartition(".")
    if held != whose:
        return usual
    return kept.read("piece", usual, lambda text: whole(0, size - 1)(text.rpartition(".")[2]))


def choose_piece(kept: Kept, whose: str, number: int) -> None:
    """Keep the piece chosen on the map."""
    kept.keep(piece=(f"{whose}.{number}", None))
