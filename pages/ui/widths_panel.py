"""Heads as groups: which attention is on show, its matrices and maps, and what a cut costs."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.head_blocks import cost_rows, head_blocks, widths
from pages.ui.state import KINDS, Look, write_look
from pages.ui.subject import what
from pages.ui.take_away import csv_button


def widths_panel(look: Look, info: ModelInfo, text: Mapping[str, str]) -> None:
    """The width of the look's model, cut into its heads, on the look's sentence."""
    sizes = {"width": info.d_model, "heads": info.heads, "d_k": info.d_model // info.heads}
    st.markdown(text["width-lead"].format(**sizes))
    which_attention(look, info, text)
    explained, found = widths(info, look)
    head_blocks(look, info, explained, found)
    st.markdown(f"#### {text['cut']}")
    st.markdown(text["cut-lead"].format(**sizes))
    st.markdown(f"#### {text['costs'].format(**sizes)}")
    lengths = {"queries": found.one.shape[0], "keys": found.one.shape[1]}
    st.markdown(text["costs-lead"].format(**sizes, **lengths))
    rows = list(cost_rows(info, found))
    st.table(
        {
            str(name): [f"{cell:,}" if isinstance(cell, int) else cell for cell in column]
            for name, *column in zip(*rows, strict=True)
        }
    )
    csv_button(text["csv"], "heads-costs", what(info, look.src), rows)
    st.markdown(text["one-map"].format(**sizes))


def which_attention(look: Look, info: ModelInfo, text: Mapping[str, str]) -> None:
    """Kind and layer, as the look has them."""
    with st.container(horizontal=True):
        _choice(look, "kind", KINDS, text["attention"])
        _choice(look, "layer", range(1, info.layers[look.kind] + 1), text["layer"])


def _choice(look: Look, name: str, options: tuple[str, ...] | range, label: str) -> None:
    key = f"channels.{name}"
    st.session_state[key] = getattr(look, name)
    st.segmented_control(
        label,
        list(options),
        key=key,
        required=True,
        format_func=lambda one: str(one).capitalize(),
        on_change=lambda: write_look(**{name: st.session_state[key]}),
    )
