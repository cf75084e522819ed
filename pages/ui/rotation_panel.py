"""A shift is a rotation: one pair of dimensions on a circle, the matrix, and the check."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.kept import Kept, whole
from pages.ui.layout import provenance
from pages.ui.numbers import two_digits
from pages.ui.state import Look
from pages.ui.take_away import camera
from transformer.analysis.rotation import frequency, rotation, turned

MOST = 32  # positions on the circle, and the longest shift


def rotation_panel(look: Look, info: ModelInfo, table: np.ndarray, text: Mapping[str, str]) -> None:
    """Three choices and what they make of the model's own table (P, D)."""
    most, width = min(MOST, len(table) // 2), table.shape[1]
    kept = Kept("positions")
    columns = st.columns(3, gap="large")
    with columns[0]:
        pair = _slider(kept, "pair", width // 2 - 1, min(8, width // 4), text)
    with columns[1]:
        position = _slider(kept, "position", most - 1, 1, text)
    with columns[2]:
        shift = _slider(kept, "shift", most, 3, text)
    kept.tell()
    left, right = st.columns(2, gap="large", vertical_alignment="center")
    with left:
        _circle(table, pair, position, shift)
    with right:
        _matrix(table, pair, position, shift, text)
    provenance(look, info, "src_positions.table", "s d", table.shape)


def _slider(kept: Kept, name: str, high: int, usual: int, text: Mapping[str, str]) -> int:
    bound = kept.bound(name, min(usual, high), whole(0, high))
    return st.slider(text[name], 0, high, **bound)


def _circle(table: np.ndarray, pair: int, position: int, shift: int) -> None:
    from pages.figures.rotation import rotation as circle  # plotly comes after the first paint

    shown = table[: max(MOST, position + shift + 1), 2 * pair : 2 * pair + 2]
    figure = circle(shown, position, shift, frequency(pair, table.shape[1]))
    config = camera(f"rotation-of-dimensions-{2 * pair}-{2 * pair + 1}")
    st.plotly_chart(figure, theme=None, key="turn.circle", config=config)


def _matrix(
    table: np.ndarray, pair: int, position: int, shift: int, text: Mapping[str, str]
) -> None:
    """R(k) in numbers, R(k) PE(p) beside PE(p + k), and how far they part at any position."""
    width = table.shape[1]
    radians = frequency(pair, width)
    found, there = turned(table, shift, pair)
    told = {
        "even": 2 * pair,
        "odd": 2 * pair + 1,
        "radians": f"{radians:.4g}",
        "degrees": f"{np.degrees(radians) * shift:,.1f}",
        "shift": shift,
        "count": f"{len(found):,}",
        "worst": two_digits(float(np.abs(found - there).max())),
    }
    st.markdown(text["turn"].format(**told))
    own = table[position, 2 * pair : 2 * pair + 2]
    st.latex(
        rf"\begin{{aligned}} R({shift})\,PE({position}) &= {in_latex(rotation(shift, pair, width))}"
        rf"{in_latex(own[:, None])} \\[4pt] &= {in_latex(found[position][:, None])} \\[4pt]"
        rf"PE({position + shift}) &= {in_latex(there[position][:, None])} \end{{aligned}}"
    )
    st.markdown(f":green[:material/check_circle:] {text['same'].format(**told)}")


def in_latex(matrix: np.ndarray) -> str:
    """The numbers of a matrix to three places."""
    rows = (" & ".join(f"{value:.3f}" for value in row) for row in matrix + 0.0)
    return r"\begin{bmatrix} " + r" \\ ".join(rows) + r" \end{bmatrix}"
