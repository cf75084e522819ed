"""Fixtures of small real runs, and of runs that are only posed."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import pytest
import torch

from tests.trainer.posed_runs import CONFIG, Hold, Running
from tests.trainer.small_runs import (
    TINY,
    Tiny,
    as_tsv,
    attempt_here,
    prepared_run,
    wait_for,
    word_pairs,
)
from tests.trainer.workshop import Workshop, ended, kill_process
from trainer.attempt import name_attempt
from trainer.locks import is_locked, take_lock
from trainer.presets import resolve
from trainer.records import boot_id, process_start, read_record, write_record
from trainer.runs import Run, create_run, list_runs, request


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Models this small lose time to a second thread."""
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def no_shipped_runs(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test lists its own runs alone, unless those that ship are what it is about."""
    if "shipped_runs" not in request.node.nodeid:
        monkeypatch.setattr("trainer.folder.SHIPPED", tmp_path / "no runs")


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """200 pairs in a file."""
    path = tmp_path_factory.mktemp("corpus") / "words.tsv"
    path.write_text(as_tsv(word_pairs(200)))
    return path


@pytest.fixture
def tiny(corpus: Path) -> Tiny:
    """`tiny(steps=3)`: a config that trains in seconds."""
    return lambda **changes: resolve("nano", TINY | {"data": str(corpus)} | changes)


@pytest.fixture(scope="session")
def averaged(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Run:
    """A run of 24 steps with averaged weights from step 12 on, one epoch and a part of the next."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAWN_RUNS", str(tmp_path_factory.mktemp("averaged")))
        changes = {"ema": 0.8, "warmup": 12, "steps": 24, "save_every": 10, "valid_every": 10}
        config = resolve("nano", TINY | {"data": str(corpus)} | changes)
        run = prepared_run(config, "averaged")
        attempt_here(run)
    return run


@pytest.fixture
def runs(runs: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A runs folder of the test's own; what still lives in it at the end is stopped."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    yield runs
    for run in list_runs():
        end(run)


def end(run: Run) -> None:
    """Ask a run that still lives to stop, and wait until it has."""
    if is_locked(run.lock):
        (run.control / "stop").touch()
        wait_for(run, lambda: not is_locked(run.lock))


@pytest.fixture
def hold(runs: Path) -> Iterator[Hold]:
    """Holds a run's lock as the supervisor of an attempt would; the test's end lets it go."""
    with ExitStack() as held:

        def take(run: Run, attempt: int = 1) -> IO[bytes]:
            descriptor = take_lock(run.lock)
            assert descriptor is not None
            name_attempt(descriptor, attempt)
            return held.enter_context(open(descriptor, "rb"))

        yield take


@pytest.fixture
def running(hold: Hold) -> Running:
    """`running("name", host="elsewhere")`: a run whose lock is held, with its process record."""

    def pose(name: str = "it", **process: Any) -> Run:
        run = create_run(CONFIG, [], run_id=name)
        hold(run)
        here = {"pid": os.getpid(), "boot_id": boot_id(), "host": socket.gethostname()}
        write_record(run.process_record(1), {"attempt": 1, **here, **process})
        return run

    return pose


@pytest.fixture
def workshop(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """Starts runs of real supervisors, who insist on a stop after 0.4 seconds."""
    monkeypatch.setenv("DAWN_GRACE", "0.4")
    yield Workshop(tmp_path)
    for run in list_runs():
        if is_locked(run.lock):
            request(run, "stop")
    for run in list_runs():
        ended(run)
        for record in map(read_record, run.path.glob("proc-*.json")):
            if record and process_start(record["pid"]) == record["start_time"]:
                kill_process(record["pid"])
