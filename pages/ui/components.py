"""One typed function per canvas component; the numbers travel as one blob of bytes.

The html, css and js of a component are real files in `assets/components/<name>/`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from pages.ui.bundle_js import bundle, packed

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "components"
ALIGNMENT = 8
# Which pieces label the rows and the columns of a kind of attention.
AXES = {"encoder": ("src", "src"), "decoder": ("tgt", "tgt"), "cross": ("tgt", "src")}


def pack(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    """Header and arrays as one blob, in the format of docs/architecture.md.

    Arrays are written little-endian and in C order. `header` must be JSON and have no key "arrays":
    that one is filled in here.
    """
    if "arrays" in header:
        raise ValueError('The header of a blob fills "arrays" itself: use another key.')
    places: dict[str, dict[str, Any]] = {}
    chunks: list[bytes] = []
    offset = 0
    for name, array in arrays.items():
        chunk = _padded(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes())
        places[name] = {"dtype": array.dtype.name, "shape": list(array.shape), "offset": offset}
        chunks.append(chunk)
        offset += len(chunk)
    text = json.dumps({**header, "arrays": places}, ensure_ascii=False, allow_nan=False).encode()
    return b"".join([_padded(len(text).to_bytes(4, "little") + text), *chunks])


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % ALIGNMENT)


def mount(name: str) -> Any:
    """The component in assets/components/<name>/, to be called with `data=` and `key=`.

    main.js comes with the modules it imports; style.css comes below shared/base.css.
    """
    folders = (ASSETS / "shared", ASSETS / name)
    files = sorted(file for folder in folders for file in folder.iterdir())
    return _component(name, tuple((file.name, file.stat().st_mtime_ns) for file in files))


@cache
def _component(name: str, _stamp: tuple[tuple[str, int], ...]) -> Any:
    html, style = ASSETS / name / "index.html", ASSETS / name / "style.css"
    sheets = (ASSETS / "shared" / "base.css", style) if style.exists() else ()
    return st.components.v2.component(
        f"dawn_{name}",
        html=html.read_text("utf-8") if html.exists() else None,
        css="".join(sheet.read_text("utf-8") for sheet in sheets) or None,
        js=packed(bundle(ASSETS / name / "main.js"), f"dawn/{name}.js"),
    )
