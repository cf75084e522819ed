"""The maps of a model's embeddings: from its bundle, from the cache, or made on demand.

UMAP never runs in the web process: a child process makes the file, and this one waits for it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import streamlit as st

from pages.ui import background
from pages.ui.catalogue import ModelInfo, stamp_of
from pages.ui.models import embedding_matrix
from trainer.folder import runs_folder


@dataclass(frozen=True)
class Maps:
    """Points of the vocabulary: pca (V, 3) with the share of variance of each axis; UMAP in two
    and three dimensions, or None where nobody has made it yet."""

    pca: np.ndarray
    share: np.ndarray
    umap2: np.ndarray | None = None
    umap3: np.ndarray | None = None


@dataclass(frozen=True)
class Settings:
    """How a map is made: the method, its dimensions, and for UMAP neighbours and least distance,
    for t-SNE the perplexity as `near`."""

    method: str = "PCA"
    dims: int = 2
    near: int = 15
    spread: float = 0.1

    @property
    def usual(self) -> bool:
        """Whether it is one of those that a bundle brings."""
        return self.method == "PCA" or (
            self.method == "UMAP" and self == Settings("UMAP", self.dims)
        )


def map_points(info: ModelInfo, side: str, settings: Settings) -> np.ndarray | None:
    """The points (V, dims) with these settings; None where nobody has made them yet."""
    if settings.method == "PCA":
        return read_maps(info, side).pca[:, : settings.dims]
    if settings.usual:
        maps = read_maps(info, side)
        return maps.umap2 if settings.dims == 2 else maps.umap3
    path = made_file(info, settings)
    return _points(str(path), path.stat().st_mtime_ns, side) if path.is_file() else None


def made_file(info: ModelInfo, settings: Settings) -> Path:
    """Where a map made on demand is kept: by the identity of the model and the settings, beside the
    runs."""
    if settings.usual:
        return cache_file(info)
    told = f"{settings.method.lower()}-{settings.dims}-{settings.near}"
    told += f"-{settings.spread:g}" * (settings.method == "UMAP")
    return runs_folder() / "cache" / f"map-{identity(info)[:16]}-{told}.npz"


def read_maps(info: ModelInfo, side: str = "src") -> Maps:
    """The maps there are; PCA is computed at once where no file has it."""
    wanted = identity(info)
    for path in (info.folder / "projection.npz", cache_file(info)):
        if path.is_file():
            found = _read(str(path), path.stat().st_mtime_ns, wanted, side)
            if found is not None:
                return found
    return _pca(wanted, info, side)


def cache_file(info: ModelInfo) -> Path:
    """Where maps made on demand are kept: by the identity of the model, beside the runs."""
    return runs_folder() / "cache" / f"projection-{identity(info)[:16]}.npz"


def start_map(info: ModelInfo, settings: Settings) -> None:
    """Start the child process, unless it runs already. Raises OSError where the disk refuses."""
    out = made_file(info, settings)
    background.start(out, command(info.folder, out, settings))


def command(folder: Path, out: Path, settings: Settings) -> list[str]:
    """What makes a map of a bundle into a file; the usual ones come all in one."""
    module = "trainer.project" if settings.usual else "trainer.layouts"
    told = [sys.executable, "-m", module, str(folder), "--out", str(out)]
    if settings.usual:
        return told
    method = settings.method.lower().replace("-", "")
    numbers = ["--dims", str(settings.dims), "--near", str(settings.near)]
    return [*told, "--method", method, *numbers, "--spread", f"{settings.spread:g}"]


def identity(info: ModelInfo) -> str:
    """The hash of the model's bundle, read again when its files change.

    Raises `LookError` or `BundleError`.
    """
    return _hash(str(info.folder), stamp_of(info.folder))


@st.cache_data(max_entries=64, show_spinner=False)
def _hash(folder: str, stamp: tuple[int, ...]) -> str:
    from transformer.bundle import bundle_hash

    return bundle_hash(Path(folder))


@st.cache_data(max_entries=16, show_spinner=False)
def _read(path: str, mtime: int, identity: str, side: str) -> Maps | None:
    """The maps in a file; None where it belongs to another model or cannot be read."""
    try:
        with np.load(path, allow_pickle=False) as file:
            if str(file["hash"]) != identity:
                return None
            names = [f"{side}_{name}" for name in ("pca", "share", "umap2", "umap3")]
            pca, share, umap2, umap3 = (file.get(n) for n in names)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None
    return None if pca is None or share is None else Maps(pca, share, umap2, umap3)


@st.cache_data(max_entries=16, show_spinner=False)
def _pca(identity: str, _info: ModelInfo, side: str) -> Maps:
    import torch

    from transformer.analysis.projections import pca

    matrix = torch.tensor(embedding_matrix(_info, side)[0])
    points, share = pca(matrix, min(3, *matrix.shape))
    return Maps(points.numpy(), share.numpy())


@st.cache_data(max_entries=16, show_spinner=False)
def _points(path: str, mtime: int, side: str) -> np.ndarray | None:
    """The points in a file; None where it cannot be read."""
    try:
        with np.load(path, allow_pickle=False) as file:
            found: np.ndarray = file[side]
            return found
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None
