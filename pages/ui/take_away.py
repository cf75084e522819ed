"""What a person takes away from a page: every number of its pass, in a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.results import Explained
from pages.ui.state import Look


def all_numbers(look: Look, info: ModelInfo, explained: Explained, label: str, help: str) -> None:
    """A button that saves every traced tensor; the file is made when it is pressed."""
    st.download_button(
        label,
        data=lambda: as_npz(look, info, explained),
        file_name=f"dawn-{info.key}-attention.npz",
        mime="application/zip",
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
        help=help,
        key="attention.numbers",
    )


def as_npz(look: Look, info: ModelInfo, explained: Explained) -> bytes:
    """The tensors by their names, and `about`, JSON: the model, both texts in pieces, all dims."""
    about = {
        "model": info.key,
        "stand": info.stand,
        "src": look.src,
        "src_pieces": explained.src_pieces,
        "tgt_pieces": explained.tgt_pieces,
        "edits": look.edits,
        "dims": explained.dims,
    }
    file = io.BytesIO()
    text = np.array(json.dumps(about, ensure_ascii=False))
    np.savez(file, about=text, **explained.tensors)  # type: ignore[arg-type]
    return file.getvalue()


def camera(name: str, kind: str = "svg") -> dict[str, object]:
    """The config of a plotly chart whose one tool saves it, as SVG or, in three dimensions, PNG."""
    return {
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": kind, "filename": name},
    }


def csv_button(label: str, name: str, origin: str, rows: Iterable[Sequence[object]]) -> None:
    """A button that saves rows, the first of them the names of the columns, below a line that says
    where they come from; the file is made when it is pressed."""
    st.download_button(
        label,
        data=cache(lambda: as_csv(origin, rows)),  # rows may be read once, the button pressed again
        file_name=f"{name}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
        key=f"{name}.csv",
    )


def as_csv(origin: str, rows: Iterable[Sequence[object]]) -> str:
    """The text of such a file; floats have the digits that a float32 has."""
    file = io.StringIO()
    file.write(f"# {' '.join(origin.split())}\n")
    writer = csv.writer(file, lineterminator="\n")
    for row in rows:
        writer.writerow(
            [f"{cell:.7g}" if isinstance(cell, float | np.floating) else cell for cell in row]
        )
    return file.getvalue()
