"""In few bits: sinusoids by the power and by log/exp, how far off they are, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.kept import Kept, one_of
from pages.ui.models import load
from pages.ui.numbers import two_digits
from pages.ui.prose import prose
from pages.ui.state import Look
from pages.ui.take_away import camera, csv_button

DTYPES = ("float16", "bfloat16", "float32")
TOLD = (10, 1_000, 10_000)  # positions in the table


@dataclass(frozen=True)
class Errors:
    """position (N); the rest are the largest errors up to each of them, (N), by type and name."""

    position: np.ndarray
    forms: dict[str, dict[str, np.ndarray]]
    parts: dict[str, dict[str, np.ndarray]]
    rounded: np.ndarray


@st.cache_data(max_entries=8, show_spinner="Counting in few bits …")
def errors_of(width: int) -> Errors:
    """Of sinusoids of this width, computed here and now."""
    import torch

    from transformer.analysis import precision
    from transformer.positions import sinusoids_at

    position = precision.sampled()

    def largest(found: Mapping[str, torch.Tensor]) -> dict[str, np.ndarray]:
        return {name: np.maximum.accumulate(error.numpy()) for name, error in found.items()}

    exact = precision.stable(position, width, torch.float64)
    once = (sinusoids_at(position, width).double() - exact).abs().amax(dim=1)
    kinds = precision.DTYPES.items()
    return Errors(
        position.numpy(),
        {name: largest(precision.errors(position, width, kind)) for name, kind in kinds},
        {name: largest(precision.parts(position, width, kind)) for name, kind in kinds},
        largest({"once": once})["once"],
    )


def stable_panel(look: Look, info: ModelInfo) -> None:
    """The two forms against float64, the steps that lose the digits, and the code of all of it."""
    text, width = prose("positions-stable"), load(info).model.config.d_model
    st.markdown(text["lead"])
    found = errors_of(width)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _curves(found, text, width)
    with right:
        _code(text)


def _curves(found: Errors, text: Mapping[str, str], width: int) -> None:
    from pages.figures import precision  # plotly comes after the first paint

    figure = precision.precision(found.position, found.forms, found.rounded)
    st.plotly_chart(figure, theme=None, key="stable.forms", config=camera("sinusoids-in-few-bits"))
    st.markdown(text["table"])
    st.markdown("\n".join(table(found)))
    st.caption(text["forms"])
    st.markdown(text["why"])
    kept = Kept("positions")
    bound = kept.bound("type", DTYPES[0], one_of(DTYPES))
    kept.tell()
    dtype = str(st.segmented_control(text["type"], DTYPES, required=True, **bound))
    figure = precision.causes(found.position, found.parts[dtype], found.forms[dtype]["log/exp"])
    st.plotly_chart(figure, theme=None, key="stable.parts", config=camera(f"errors-in-{dtype}"))
    st.caption(text["parts"])
    origin = f"sinusoids of width {width}, the largest error over all dimensions against float64"
    csv_button(text["csv"], "sinusoids-in-few-bits", origin, rows_of(found))
    st.caption(text["origin"].format(width=width, count=f"{len(found.position):,}"))


def table(found: Errors) -> Iterator[str]:
    """The lines of a table in Markdown: a row for each type and form."""
    yield "| up to position | " + " | ".join(f"{place:,}" for place in TOLD) + " |"
    yield "|:--|" + "--:|" * len(TOLD)
    places = np.searchsorted(found.position, TOLD)
    rows = {f"{t}, {form}": e for t, forms in found.forms.items() for form, e in forms.items()}
    for name, error in (rows | {"float64, rounded once": found.rounded}).items():
        yield f"| {name} | " + " | ".join(two_digits(error[place]) for place in places) + " |"


def rows_of(found: Errors) -> Iterator[Sequence[object]]:
    """Every point of the curves."""
    yield "type", "what is rounded", "up to position", "largest error"
    for kind, forms in found.forms.items():
        for name, error in (forms | found.parts[kind]).items():
            yield from (
                (kind, name, place, value)
                for place, value in zip(found.position.tolist(), error.tolist(), strict=True)
            )
    yield from (
        ("float32", "float64, rounded once", place, value)
        for place, value in zip(found.position.tolist(), found.rounded.tolist(), strict=True)
    )


def _code(text: Mapping[str, str]) -> None:
    """The source of the functions that ran."""
    from transformer.analysis import precision
    from transformer.analysis.sources import source_of
    from transformer.positions import sinusoids_at

    st.markdown(text["code"])
    for function in (precision.naive, precision.stable, precision.waves, sinusoids_at):
        name, source = source_of(function)
        st.caption(f"`{name}`")
        st.code(source, language="python", wrap_lines=True)
