"""Pictures of a model's table of positions: all of it, single dimensions, a turn, distances."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.kept import Kept, whole
from pages.ui.layout import notice, provenance
from pages.ui.position_charts import position_chart
from pages.ui.rotation_panel import rotation_panel
from pages.ui.state import Look

MOST_POSITIONS = 256  # rows of the heat map: more than that are finer than a pixel
MOST_WAVES = 6


def table_pictures(
    look: Look, info: ModelInfo, kind: str, table: np.ndarray, text: Mapping[str, str]
) -> None:
    """What there is to see of a table (P, D) of sinusoids or of learned positions."""
    shown, whose, sinusoidal = table[:MOST_POSITIONS], str(info.folder), kind == "sinusoidal"
    st.subheader(text["table"], anchor=False)
    st.markdown(text["table-lead" if sinusoidal else "table-learned"])
    position_chart("heat_map", shown, whose)
    provenance(look, info, "src_positions.table", "s d", shown.shape)
    _columns(shown, whose, sinusoidal, text)
    if sinusoidal:
        st.subheader(text["rotation"], anchor=False)
        st.markdown(text["rotation-lead"])
        rotation_panel(look, info, table, text)
    st.subheader(text["distances" if sinusoidal else "from-first"], anchor=False)
    st.markdown(text["distances-lead" if sinusoidal else "from-first-lead"])
    position_chart("distances", shown, whose)
    provenance(look, info, "src_positions.table", "s d", shown.shape)


def _columns(shown: np.ndarray, whose: str, sinusoidal: bool, text: Mapping[str, str]) -> None:
    """Chosen dimensions over all positions."""
    width = shown.shape[1]
    st.subheader(text["waves" if sinusoidal else "columns"], anchor=False)
    st.markdown(text["waves-lead" if sinusoidal else "columns-lead"])
    usual = [dim for pair in (width // 8, width // 4) for dim in (2 * pair, 2 * pair + 1)]
    dims = _chosen_dims(text["dims"], width, usual)
    if dims:
        position_chart("waves", shown, whose, tuple(dims), sinusoidal)
    else:
        notice(text["no-dims"])


def _chosen_dims(label: str, width: int, usual: list[int]) -> list[int]:
    """Some dimensions, which the address writes with dots between."""
    kept, number = Kept("positions"), whole(0, width - 1)

    def read(text: str) -> list[int]:
        dims = [number(part) for part in text.split(".") if part]
        if len(set(dims)) < len(dims) or len(dims) > MOST_WAVES:
            raise ValueError(text)
        return dims

    def write(dims: list[int]) -> str:
        return ".".join(map(str, dims))

    bound = kept.bound("dims", usual, read, write)
    kept.tell()
    return st.multiselect(label, range(width), max_selections=MOST_WAVES, **bound)
