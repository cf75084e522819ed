"""Blobs for components, read back by the letter of docs/architecture.md."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest


def read_blob(blob: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Header and arrays."""
    length = int.from_bytes(blob[:4], "little")
    header = json.loads(blob[4 : 4 + length])
    start = -(-(4 + length) // 8) * 8
    assert not any(blob[4 + length : start])
    arrays = {}
    for name, place in header["arrays"].items():
        assert place["offset"] % 8 == 0
        dtype = np.dtype(place["dtype"]).newbyteorder("<")
        count = int(np.prod(place["shape"]))
        flat = np.frombuffer(blob, dtype, count, start + place["offset"])
        arrays[name] = flat.reshape(place["shape"])
    return header, arrays


def sent(at: AppTest, key: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Header and arrays of the first blob on the page whose header has `key`."""
    for element in at.get("bidi_component"):
        if element.proto.bytes and key in (found := read_blob(element.proto.bytes))[0]:
            return found
    raise AssertionError(f"no component was given {key!r}")
