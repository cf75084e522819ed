"""Fixtures of small real runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from tests.trainer.small_runs import TINY, as_tsv, wait_for, word_pairs
from trainer.config import TrainConfig
from trainer.locks import is_locked
from trainer.presets import resolve
from trainer.runs import Run, list_runs


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Models this small lose time to a second thread."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """200 pairs in a file."""
    path = tmp_path_factory.mktemp("corpus") / "words.tsv"
    path.write_text(as_tsv(word_pairs(200)))
    return path


@pytest.fixture
def tiny(corpus: Path) -> Callable[..., TrainConfig]:
    """`tiny(steps=3)`: a config that trains in seconds."""
    return lambda **changes: resolve("nano", TINY | {"data": str(corpus)} | changes)


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A runs folder of the test's own; what still lives in it at the end is stopped."""
    folder = tmp_path / "runs"
    monkeypatch.setenv("DAWN_RUNS", str(folder))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    yield folder
    for run in list_runs():
        end(run)


def end(run: Run) -> None:
    """Ask a run that still lives to stop, and wait until it has."""
    if is_locked(run.lock):
        (run.control / "stop").touch()
        wait_for(run, lambda: not is_locked(run.lock))
