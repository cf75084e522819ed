"""Paths through the layers as a component: see pages/ui/paths.py for what they are."""

from __future__ import annotations

import numpy as np

from pages.ui.components import mount, pack
from pages.ui.paths import Paths


def paths_view(paths: Paths, *, title: str, file: str, provenance: str, key: str) -> None:
    """Paths in one plane, to walk through stop by stop; file names what is saved of them."""
    kept = f"the plane keeps {paths.share.sum():.0%} of the variance of these vectors"
    header = {
        "title": title,
        "file": file,
        "stops": paths.stops,
        "tensors": paths.tensors,
        "labels": paths.labels,
        "notes": paths.notes,
        "groups": paths.groups,
        "sides": paths.sides,
        "near": paths.near,
        "scripts": paths.scripts,
        "provenance": f"{provenance} · {kept}",
    }
    arrays = {"points": np.asarray(paths.points, np.float32)}
    if paths.distances is not None:
        arrays["distances"] = np.asarray(paths.distances, np.float32)
    mount("paths")(data=pack(header, arrays), key=key)
