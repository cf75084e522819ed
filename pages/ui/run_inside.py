"""The inside of a run's model while it learned: how weights and gradients of each part moved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import streamlit as st

from pages.figures.histograms import spread
from pages.ui.theme import CROSS, TRAINING
from trainer.folder import Run
from trainer.snapshots import Snapshot, read_snapshot, snapshot_file, taken

_IN_A_LAYER = re.compile(r"(\w+)\.layers\.([0-9]+)\.(.+)")


def run_inside(run: Run, text: Mapping[str, str]) -> None:
    """A part of the model, chosen, and its weights and gradients at every snapshot."""
    seen = [(step, snapshot) for step in taken(run.snapshots) if (snapshot := _read(run, step))]
    seen = [(step, snapshot) for step, snapshot in seen if snapshot.parts == seen[-1][1].parts]
    if not seen or not seen[-1][1].parts:
        st.caption(text["no snapshots"])
        return
    st.caption(text["inside"])
    steps = [step for step, _ in seen]
    parts = seen[-1][1].parts
    part = st.selectbox("Part of the model", parts, format_func=named, key="inside.part")
    place = parts.index(part)
    columns = st.columns(2, gap="large")
    for column, what, colour in zip(
        columns, ("weights", "gradients"), (TRAINING, CROSS), strict=True
    ):
        counts = np.stack([getattr(snapshot, what)[place] for _, snapshot in seen])
        ends = np.stack([getattr(snapshot, f"{what[:-1]}_ends")[place] for _, snapshot in seen])
        with column:
            st.markdown(f"**{what.capitalize()}**")
            figure = spread(steps, counts, ends, colour, what)
            st.plotly_chart(
                figure, theme=None, key=f"inside.{what}", config={"displayModeBar": False}
            )


def named(part: str) -> str:
    """`encoder.layers.0.self_attention` as a person counts: "encoder, layer 1, self attention"."""
    layer = _IN_A_LAYER.fullmatch(part)
    words = [layer[1], f"layer {int(layer[2]) + 1}", *layer[3].split(".")] if layer else [part]
    return ", ".join(words).replace("_", " ")


def _read(run: Run, step: int) -> Snapshot | None:
    path = snapshot_file(run.snapshots, step)
    try:
        stamp = path.stat().st_mtime_ns
    except OSError:  # removed meanwhile
        return None
    return _cached(str(path), stamp)


@st.cache_data(max_entries=512, show_spinner=False)
def _cached(path: str, stamp: int) -> Snapshot | None:
    return read_snapshot(Path(path))
