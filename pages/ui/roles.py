"""What a bundle's `roles.json` says of its heads, put for the attention view."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import streamlit as st

from transformer.analysis.roles import FILE, load_roles


def roles_of(folder: Path) -> dict[str, Any]:
    """The role of each head, by kind, layer and head: {"encoder": [[{name, score, chance}]], ...,
    "about": where they were measured}; empty where the bundle has none."""
    try:
        stamp = (folder / FILE).stat().st_mtime_ns
    except OSError:
        return {}
    return _roles(str(folder), stamp)


@st.cache_data(max_entries=16, show_spinner=False)
def _roles(folder: str, stamp: int) -> dict[str, Any]:
    found = load_roles(Path(folder))
    if found is None:
        return {}
    told: dict[str, Any] = {"about": f"{found.sentences} sentences of {found.data}"}
    for kind, heads in found.kinds.items():
        told[kind] = [
            [asdict(heads.role(layer, head)) for head in range(len(row))]
            for layer, row in enumerate(heads.entropy)
        ]
    return told
