"""The maps of a model's embeddings: from its bundle, from the cache, or made on demand.

UMAP never runs in the web process: a child process makes the file, and this one waits for it.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo, stamp_of
from pages.ui.models import embedding_matrix
from trainer.folder import runs_folder

_ROOT = Path(__file__).resolve().parents[2]


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


@dataclass
class Job:
    """A child process that makes the maps of one model, for whoever looks at it."""

    process: subprocess.Popen[bytes]
    log: Path
    started: float = field(default_factory=time.monotonic)


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
    with _lock():
        jobs = _jobs()
        key = identity(info)
        if key in jobs and jobs[key].process.poll() is None:
            return
        out = cache_file(info)
        out.parent.mkdir(parents=True, exist_ok=True)
        log = out.with_suffix(".log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                command(info.folder, out),
                cwd=_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        jobs[key] = Job(process, log)


def command(folder: Path, out: Path) -> list[str]:
    """What makes the maps of a bundle into a file."""
    return [sys.executable, "-m", "trainer.project", str(folder), "--out", str(out)]


def stop_maps(info: ModelInfo) -> None:
    """End the child process; nothing of it is kept."""
    with _lock():
        job = _jobs().pop(identity(info), None)
    if job is not None and job.process.poll() is None:
        job.process.terminate()
        job.process.wait(timeout=10)


def maps_progress(info: ModelInfo) -> tuple[str, float] | None:
    """What the child process says, and for how many seconds it has run; None while none runs."""
    job = _jobs().get(identity(info))
    if job is None or job.process.poll() is not None:
        return None
    return _last_line(job.log) or "Starting", time.monotonic() - job.started


def maps_problem(info: ModelInfo) -> str | None:
    """The last words of a child process that failed, else None."""
    job = _jobs().get(identity(info))
    if job is None or job.process.poll() in (None, 0):
        return None
    return _last_line(job.log) or f"it ended with status {job.process.returncode}"


def _last_line(log: Path) -> str:
    try:
        text = log.read_text("utf-8", errors="replace")[-4000:]
    except OSError:
        return ""
    lines = [line.strip() for line in text.replace("\r", "\n").split("\n") if line.strip()]
    return lines[-1] if lines else ""


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


@st.cache_resource(show_spinner=False)
def _jobs() -> dict[str, Job]:
    return {}


@st.cache_resource(show_spinner=False)
def _lock() -> threading.Lock:
    return threading.Lock()
