"""What was measured of a model's eyes, from the files beside its weights."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from pages.ui.catalogue import OneStreamInfo, list_one_stream
from pages.ui.layout import notice
from pages.ui.take_away import csv_button

POINTING = {
    "method": "method",
    "layer": "layer",
    "on_query": "on the query",
    "on_another": "on another emoji",
    "nowhere": "map of zeros",
    "untrained": "on the query, untrained model",
}


def measured(folder: Path, name: str) -> dict[str, Any] | None:
    """`pointing.json` or `gathering.json` of a bundle; None where it has none that can be read."""
    try:
        found = json.loads((folder / name).read_text("utf-8"))
        return found if all(isinstance(row, dict) for row in found["rows"]) else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def pointing_table(info: OneStreamInfo, text: Mapping[str, str]) -> None:
    """How often the hottest point lies on the queried emoji, per method and layer."""
    found = measured(info.folder, "pointing.json")
    if not found:
        notice(text["no measurement"])
        return
    rows = list(pointing_rows(found))
    shown = {
        str(name): [_percent(cell) for cell in column] for name, *column in zip(*rows, strict=True)
    }
    st.markdown(text["measured-lead"].format(**found))
    st.table(shown)
    st.caption(text["measured-note"].format(**found))
    origin = f"{info.stand} · {found['scenes']} scenes by {found['vendor']}"
    csv_button(text["csv"], f"pointing-{info.key}", origin, rows)


def pointing_rows(found: Mapping[str, Any]) -> Iterator[Sequence[object]]:
    """The names of the columns, then a row for each method and layer, and the baselines."""
    yield list(POINTING.values())
    for row in found["rows"]:
        layer = {None: "", 0: "all"}.get(row["layer"], row["layer"])
        yield [layer if name == "layer" else row[name] for name in POINTING]


def gathering_table(text: Mapping[str, str]) -> None:
    """Whether the channels that answer to a class gather in a group, of each CNN with groups."""
    rows = list(gathering_rows(list_one_stream("cnn")))
    if len(rows) == 1:
        notice(text["no gathering"])
        return
    st.markdown(text["gathering-lead"])
    named = zip(*rows, strict=True)
    st.table({str(name): [_percent(cell) for cell in column] for name, *column in named})
    st.markdown(text["gathering-found"])
    csv_button(text["gathering-csv"], "gathering", "channels of a class by group", rows)


def gathering_rows(infos: Sequence[OneStreamInfo]) -> Iterator[Sequence[object]]:
    """The names of the columns, then a row for each model with groups and each layer."""
    yield "model", "groups", "layer", "in the fullest group", "dealt at random", "untrained model"
    for info in sorted(infos, key=lambda info: int(info.sizes["groups"])):
        found = measured(info.folder, "gathering.json")
        if found and found["own_groups"] > 1:
            for row in found["rows"]:
                numbers = (row["share"], row["by_chance"], row["untrained"])
                yield info.key, row["groups"], row["layer"], *numbers


def _percent(cell: object) -> str:
    return f"{cell:.1%}" if isinstance(cell, float) else str(cell)
