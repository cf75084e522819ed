"""Silence and clocks: what a status says of a run that is quiet, and of time that jumps."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from trainer import event_writer
from trainer.checkpoints import Checkpoint, list_checkpoint
from trainer.event_format import last_of_kind
from trainer.events import EventReader, EventWriter, event_file
from trainer.line import join_line, place_in_line
from trainer.locks import take_lock
from trainer.machine import Monitor
from trainer.records import boot_id, write_record
from trainer.runs import Run, create_run, status, what_is_lost

HOUR = 3600.0


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


def running(name: str = "it", **process: Any) -> Run:
    """A run whose supervisor (this process) holds its lock."""
    run = create_run({"preset": "nano", "device": "cpu"}, [], run_id=name)
    descriptor = take_lock(run.lock)
    assert descriptor is not None
    os.pwrite(descriptor, b"0001\n", 0)
    here = {"boot_id": boot_id(), "host": socket.gethostname()}
    write_record(run.process_record(1), {"attempt": 1, "pid": os.getpid(), **here, **process})
    return run


class Clock:
    """`time` for one module, with hands that a test can move."""

    def __init__(self) -> None:
        self.wall = self.mono = 0.0

    def time(self) -> float:
        return time.time() + self.wall

    def monotonic(self) -> float:
        return time.monotonic() + self.mono


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of whoever writes events."""
    moved = Clock()
    monkeypatch.setattr(event_writer, "time", moved)
    return moved


def test_a_run_that_is_quiet_for_too_long_is_asked_about_and_not_ended(clock: Clock) -> None:
    """A loader that stalls: 100 seconds without a word, 20 were promised, then it goes on."""
    run = running()
    clock.mono = -100.0
    with EventWriter(run.events, 1) as events:
        events.phase("training", expect=20.0)
        for step in range(500):  # far more than the end of the file that is read first
            events.metric(step, {"train/loss": 1.0})
        stands = status(run)
        assert (stands.state, stands.alive, stands.stalled) == ("running", True, True)
        assert stands.reason == "Stalled? In the phase 'training', quiet for 100 s (promised 20)."
        assert stands.quiet == pytest.approx(100, abs=2) and stands.promised == 20.0
        events.phase("validation", expect=200.0)
        stands = status(run)
        assert not stands.stalled and stands.promised == 200.0
        clock.mono = 0.0
        events.metric(501, {"train/loss": 1.0})
    stands = status(run)
    assert not stands.stalled and stands.quiet is not None and stands.quiet < 5
    assert stands.reason == "In the phase 'validation'."


def test_a_machine_that_is_read_is_no_sign_of_life(clock: Clock) -> None:
    run = running()
    clock.mono = -100.0
    with EventWriter(run.events, 1) as events:
        events.phase("training", expect=20.0, step=5)
    clock.mono = 0.0
    Monitor(run, 1, os.getpid()).look()
    reader = EventReader(run.events)
    reader.read()
    assert "machine/disk_free" in reader.names()
    stands = status(run)
    assert stands.stalled and stands.promised == 20.0 and stands.step == 5


@pytest.mark.parametrize("other", [{"boot_id": "before"}, {"host": "elsewhere"}])
def test_the_silence_of_another_machine_is_not_measured(clock: Clock, other: dict) -> None:
    """Its clock counts from another start."""
    run = running(**other)
    clock.mono = -100.0
    with EventWriter(run.events, 1) as events:
        events.phase("training", expect=20.0)
    stands = status(run)
    assert (stands.quiet, stands.promised, stands.stalled) == (None, None, False)


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_the_time_of_day_may_jump_by_an_hour(clock: Clock, jump: float) -> None:
    run = running()
    with EventWriter(run.events, 1) as events:
        events.phase("training", expect=20.0)
        events.metric(1, {"train/loss": 3.0})
        clock.wall = jump
        events.metric(2, {"train/loss": 2.0})
        stands = status(run)
        assert (stands.state, stands.step, stands.stalled) == ("running", 2, False)
        with EventWriter(run.events, 1, source="supervisor") as other:
            other.phase("export", expect=900.0)
        clock.wall = 0.0
        events.metric(3, {"train/loss": 1.0})
    reader = EventReader(run.events)
    assert [event.step for event in reader.read()] == [None, 1, 2, None, 3]
    assert reader.series("train/loss")[0].tolist() == [1, 2, 3]


def test_a_clock_set_back_lets_nobody_in_first(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = running("first"), running("second")
    join_line(first.path, "cpu")
    monkeypatch.setattr(time, "time_ns", lambda: 1)
    join_line(second.path, "cpu")
    places = [place_in_line(run.path) for run in (first, second)]
    assert [place and place.number for place in places] == [1, 2]


def test_a_phase_is_found_behind_garbage(tmp_path: Path) -> None:
    path = event_file(tmp_path, 1)
    with EventWriter(tmp_path, 1) as events:
        events.phase("training", expect=20.0)
        events.write("alert", message='not a "kind":"phase" of ours')
    with path.open("ab") as file:
        file.write(b'\x00\xff{"kind":"phase"\n' * 3 + b'{"torn "kind":"phase"')
    found = last_of_kind(path, "phase")
    assert found and found.fields["expect"] == 20.0
    assert last_of_kind(path, "end") is None
    assert last_of_kind(tmp_path / "none", "phase") is None


@pytest.mark.parametrize(
    ("step", "saved", "sentence"),
    [
        (None, None, "Nothing is lost: it has not trained a step yet."),
        (7, None, "All it has learned is lost, 7 steps: nothing is saved yet."),
        (1200, 100, "What it learned since step 100 was saved is lost: 1,100 steps."),
        (101, 100, "What it learned since step 100 was saved is lost: one step."),
        (100, 100, "Nothing is lost: step 100 is saved."),
    ],
)
def test_what_a_kill_costs(step: int | None, saved: int | None, sentence: str) -> None:
    run = running()
    with EventWriter(run.events, 1) as events:
        events.phase("training", expect=20.0)
        if step is not None:
            events.metric(step, {"train/loss": 0.0})
    if saved is not None:
        (run.checkpoints / "it.ckpt").write_bytes(b"x")
        manifest = run.checkpoints / "manifest.jsonl"
        list_checkpoint(manifest, Checkpoint("it.ckpt", saved, 1, "0", 0.0))
    assert what_is_lost(run) == sentence
