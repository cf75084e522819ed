"""Three kinds of vectors for one vocabulary: before training, counted in a text, learned."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import streamlit as st

from pages.ui import background, maps
from pages.ui.catalogue import LookError, ModelInfo
from pages.ui.models import embedding_matrix, load, tokenize
from trainer.folder import runs_folder

SEED = 1  # of the untrained vectors: what a run has where nobody chose another
WINDOW = 5
TEXTS = ("libreoffice-help", "bible-web-diodati")
KINDS = {"random": "Before training", "statistical": "Counted", "learned": "Learned"}
_PAIRS = Path(__file__).resolve().parents[2] / "assets" / "pairs" / "en-it.json"
_CORPORA = Path(__file__).resolve().parents[2] / "assets" / "corpora"


@dataclass(frozen=True)
class Score:
    """A list of word pairs under one kind: the share of partners among the ten nearest, and the
    mean reciprocal rank; count pairs were asked both ways."""

    name: str
    count: int
    hits: float
    reciprocal: float


def kind_rows(info: ModelInfo, kind: str, side: str) -> np.ndarray | None:
    """The vectors of a kind: (V, D) float32, shared, change none; None where nobody has counted
    yet. Raises `LookError` and `BundleError`."""
    if kind == "learned":
        return embedding_matrix(info, side)[0]
    if kind == "random":
        return _untrained(maps.identity(info), info, side)
    path = counted_file(info)
    return _counted(str(path), path.stat().st_mtime_ns, side) if path.is_file() else None


def counted_file(info: ModelInfo) -> Path:
    """Where the counted vectors are kept: by the texts, the model's tokenizers and the settings."""
    settings = [maps.identity(info), _texts_hash(), str(WINDOW)]
    name = hashlib.sha256("\n".join(settings).encode()).hexdigest()[:16]
    return runs_folder() / "cache" / f"statistical-{name}.npz"


def start_counting(info: ModelInfo) -> None:
    """Start the child process that counts. Raises OSError where the disk refuses."""
    out = counted_file(info)
    background.start(out, command(info.folder, out))


def command(folder: Path, out: Path) -> list[str]:
    """What counts a vocabulary into a file."""
    texts = ["--data", ",".join(TEXTS), "--window", str(WINDOW)]
    return [sys.executable, "-m", "trainer.statistical", str(folder), "--out", str(out), *texts]


def pair_lists(info: ModelInfo, side: str) -> dict[str, list[tuple[int, int]]]:
    """The pairs whose words are single pieces of this vocabulary, by the name of their list."""
    found = {}
    for name, pairs in _shipped_pairs().items():
        ids = [[tokenize(info, word, side).ids for word in pair.split()] for pair in pairs]
        found[name] = [(a[0], b[0]) for a, b in ids if len(a) == len(b) == 1 and a[0] > 3 < b[0]]
    return {name: pairs for name, pairs in found.items() if pairs}


def score_kind(info: ModelInfo, kind: str, side: str) -> list[Score]:
    """Every list of pairs under one kind; nothing where nobody has counted yet."""
    rows = kind_rows(info, kind, side)
    if rows is None:
        return []
    stamp = counted_file(info).stat().st_mtime_ns if kind == "statistical" else 0
    return _scored(maps.identity(info), kind, side, stamp, info)


def own_plane(rows: np.ndarray, ids: Sequence[int]) -> np.ndarray:
    """The rows of these pieces, at length 1, in the plane of their own first two principal
    components: (N, 2)."""
    import torch

    from transformer.analysis.contextual import plane
    from transformer.analysis.projections import unit_rows

    return plane(unit_rows(torch.from_numpy(rows[list(ids)])))[0].numpy()


def near_rows(rows: np.ndarray, row: int, count: int) -> tuple[list[int], list[float]]:
    """The rows nearest to one by cosine, and their cosines. A row of zeros has none."""
    import torch

    from transformer.analysis.projections import nearest

    if not rows[row].any():
        return [], []
    found, cosines = nearest(torch.from_numpy(np.array(rows)), row, count)
    return found.tolist(), cosines.tolist()


@st.cache_resource(max_entries=4, show_spinner=False)
def _untrained(identity: str, _info: ModelInfo, side: str) -> np.ndarray:
    from transformer.analysis.projections import untrained_rows

    return untrained_rows(load(_info).model.config, SEED, side).numpy()


@st.cache_resource(max_entries=4, show_spinner=False)
def _counted(path: str, mtime: int, side: str) -> np.ndarray:
    try:
        with np.load(path, allow_pickle=False) as file:
            found: np.ndarray = file[side]
            return found
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise LookError(
            f"The counted vectors cannot be read: delete {Path(path).name} in the cache beside the "
            "runs, and count again."
        ) from error


@st.cache_data(max_entries=32, show_spinner=False)
def _scored(identity: str, kind: str, side: str, stamp: int, _info: ModelInfo) -> list[Score]:
    import torch

    from transformer.analysis.pairs import hits, pair_ranks, reciprocal

    rows = kind_rows(_info, kind, side)
    assert rows is not None
    matrix, scores = torch.from_numpy(np.array(rows)), []
    for name, pairs in pair_lists(_info, side).items():
        ranks = pair_ranks(matrix, pairs)
        scores.append(Score(name, len(pairs), hits(ranks), reciprocal(ranks)))
    return scores


@cache
def _shipped_pairs() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(_PAIRS.read_text("utf-8"))
    return found


@cache
def _texts_hash() -> str:
    """Of the shipped texts themselves."""
    parts = (hashlib.sha256((_CORPORA / f"{n}.en-it.tsv.gz").read_bytes()).digest() for n in TEXTS)
    return hashlib.sha256(b"".join(parts)).hexdigest()
