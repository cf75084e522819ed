"""How a run stands: what lock and records say, silence, and clocks that jump."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from tests.trainer.posed_runs import CONFIG, Hold, Running, finish
from trainer import event_writer
from trainer.events import EventReader, EventWriter, event_file
from trainer.machine import Monitor
from trainer.records import boot_id, process_start, write_record
from trainer.runs import create_run, request, status

HOUR = 3600.0
pytestmark = pytest.mark.usefixtures("runs")


def test_a_run_never_started_is_stopped() -> None:
    stands = status(create_run(CONFIG, []))
    assert (stands.state, stands.attempt, stands.step) == ("stopped", 0, None)


def test_the_lock_says_who_lives(hold: Hold) -> None:
    run = create_run(CONFIG, [])
    lock = hold(run)
    assert status(run).state == "queued"
    write_record(run.process_record(1), {"attempt": 1, "pid": os.getpid()})
    with EventWriter(run.events, 1) as events:
        events.phase("training", expect=10)
        events.metric(0, {"train/loss": 1.0})
        events.write("alert", message="x")
    stands = status(run)
    assert (stands.state, stands.phase, stands.step) == ("running", "training", 0)
    request(run, "stop")
    assert status(run).state == "stopping" and status(run).alive
    lock.close()
    assert status(run).state == "lost" and not status(run).alive


@pytest.mark.parametrize(
    ("outcome", "record", "state", "reason"),
    [
        ("finished", {}, "finished", "So it finished."),
        ("stopped", {"stop_requested": True}, "stopped", "So it stopped."),
        ("failed", {"code": 1}, "failed", "So it failed."),
        ("stopped", {"code": -15, "signal": "SIGTERM"}, "stopped", "So it stopped."),
        (None, {"code": -15, "signal": "SIGTERM"}, "failed", "SIGTERM"),
        (None, {}, "failed", "without saying how"),
        (None, {"stop_requested": True}, "failed", "without saying how"),
        (None, {"code": 3}, "failed", "code 3"),
        (None, {"code": -9, "signal": "SIGKILL"}, "failed", "memory"),
        ("finished", {"code": -11, "signal": "SIGSEGV"}, "failed", "SIGSEGV"),
        (None, {"code": -9, "signal": "SIGKILL", "escalated": "SIGKILL"}, "stopped", "react"),
        (None, {"code": 127, "reason": "No such program."}, "failed", "No such program"),
        (None, {"code": None, "stop_requested": True, "reason": "In line."}, "stopped", "In line"),
    ],
)
def test_how_an_attempt_ended(
    outcome: str | None, record: dict[str, Any], state: str, reason: str
) -> None:
    run = create_run(CONFIG, [])
    finish(run, outcome=outcome, **record)
    stands = status(run)
    assert (stands.state, stands.attempt, stands.step) == (state, 1, 40)
    assert reason in stands.reason


@pytest.mark.parametrize("bad", ["", "{", "[]", '{"code": "x", "signal": 3}'])
def test_broken_records_are_no_traceback(bad: str) -> None:
    run = create_run(CONFIG, [])
    finish(run)
    run.exit_record(1).write_text(bad)
    run.process_record(1).write_text(bad)
    assert status(run).state == ("failed" if "code" in bad else "finished"), "the trainer's word"
    event_file(run.events, 1).unlink()
    assert status(run).state in ("lost", "failed")


def test_a_later_attempt_decides(hold: Hold) -> None:
    run = create_run(CONFIG, [])
    finish(run, outcome="stopped")
    lock = hold(run, 2)
    stands = status(run)
    assert (stands.state, stands.attempt, stands.step) == ("queued", 2, 40)
    write_record(run.process_record(2), {"attempt": 2})
    with EventWriter(run.events, 2) as events:
        events.write("resume", from_step=30)
        assert status(run).step == 30
    lock.close()
    assert status(run).state == "lost"
    finish(run, 2)
    assert status(run).state == "finished"


def test_why_a_run_was_lost() -> None:
    run = create_run(CONFIG, [])
    alive = {
        "pid": os.getpid(),
        "start_time": process_start(os.getpid()),
        "boot_id": boot_id(),
        "host": os.uname().nodename,
    }
    for change, reason in (
        ({}, "still ending"),
        ({"start_time": 1}, "ended from outside"),
        ({"boot_id": "before"}, "restarted"),
        ({"host": "elsewhere"}, "another machine"),
    ):
        write_record(run.process_record(1), alive | change)
        stands = status(run)
        assert stands.state == "lost" and reason in stands.reason


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


def test_a_run_that_is_quiet_for_too_long_is_asked_about_and_not_ended(
    running: Running, clock: Clock
) -> None:
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


def test_a_machine_that_is_read_is_no_sign_of_life(running: Running, clock: Clock) -> None:
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
def test_the_silence_of_another_machine_is_not_measured(
    running: Running, clock: Clock, other: dict
) -> None:
    """Its clock counts from another start."""
    run = running(**other)
    clock.mono = -100.0
    with EventWriter(run.events, 1) as events:
        events.phase("training", expect=20.0)
    stands = status(run)
    assert (stands.quiet, stands.promised, stands.stalled) == (None, None, False)


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_the_time_of_day_may_jump_by_an_hour(running: Running, clock: Clock, jump: float) -> None:
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
