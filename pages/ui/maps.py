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

    def points(self, how: str, dims: int) -> np.ndarray | None:
        """The points (V, dims) by "PCA" or "UMAP"; None where they have not been made."""
        if how == "PCA":
            return self.pca[:, :dims]
        return self.umap2 if dims == 2 else self.umap3


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


def start_maps(info: ModelInfo) -> None:
    """Start the child process, unless it runs already. Raises OSError where the disk refuses."""
    out = cache_file(info)
    background.start(out, command(info.folder, out))


def command(folder: Path, out: Path) -> list[str]:
    """What makes the maps of a bundle into a file."""
    return [sys.executable, "-m", "trainer.project", str(folder), "--out", str(out)]


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
