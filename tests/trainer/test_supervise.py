"""The supervisor with real trainers: it starts them, sees them through, and says how they ended."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.trainer.workshop import (
    CONFIG,
    Workshop,
    ended,
    gone,
    kill_process,
    processes,
    training,
    wait_for_status,
)
from trainer.events import EventReader
from trainer.launch import launch
from trainer.records import read_record
from trainer.runs import RunError, Status, request, status


def test_a_run_from_launch_to_bundle(workshop: Workshop) -> None:
    run = workshop.start("short")
    seen: list[str] = []

    def over(stands: Status) -> bool:
        seen.append(stands.state)
        return not stands.alive

    stands = wait_for_status(run, over)
    assert (stands.state, stands.step, stands.attempt) == ("finished", 5, 1)
    assert set(seen) <= {"queued", "running", "finished"}
    assert run.export.is_dir() and "a line for the log" in run.log.read_text()
    process, exit_ = read_record(run.process_record(1)), read_record(run.exit_record(1))
    assert process and process["host"] and process["boot_id"] and process["device"] == "cpu"
    assert exit_ and exit_["code"] == 0 and exit_["signal"] is None and exit_["seconds"] > 0
    reader = EventReader(run.events)
    reader.read()
    assert reader.series("train/loss")[1].tolist() == [0.0] * 5
    assert [event.phase for event in reader.of_kind("phase")] == ["training", "export"]
    assert not list((run.path.parent / ".line-cpu").iterdir())


@pytest.mark.parametrize(
    ("behaviour", "state", "reason"),
    [("crash", "failed", "code 1"), ("silent", "failed", "without saying how")],
)
def test_bad_ends(workshop: Workshop, behaviour: str, state: str, reason: str) -> None:
    run = workshop.start(behaviour)
    stands = ended(run)
    assert (stands.state, stands.step) == (state, 5) and reason in stands.reason
    assert not run.export.exists()
    assert ("out of luck" in run.log.read_text()) == (behaviour == "crash")


def test_a_command_that_does_not_exist(workshop: Workshop) -> None:
    run = launch(CONFIG, [], trainer=["/no/such/program"])
    stands = ended(run)
    assert stands.state == "failed" and "could not be started" in stands.reason


def test_a_stop_is_heeded_and_exported(workshop: Workshop) -> None:
    run = workshop.start("steady")
    training(run)
    request(run, "stop")
    assert status(run).state in ("stopping", "stopped")
    stands = ended(run)
    assert (stands.state, stands.reason) == ("stopped", "It was asked to stop.")
    assert run.export.is_dir()


def test_an_export_that_fails_is_an_alert(workshop: Workshop) -> None:
    run = workshop.start("short", export="fail")
    assert ended(run).state == "finished"
    reader = EventReader(run.events)
    reader.read()
    assert "export ended with code 1" in reader.of_kind("alert")[0].fields["message"]
    assert "no space for a bundle" in run.log.read_text()


def test_two_stops_are_one(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAWN_GRACE", "600")
    run = workshop.start("steady")
    training(run)
    for _ in range(2):
        request(run, "stop")
        os.kill(processes(run)[1], signal.SIGTERM)
    assert ended(run).reason == "It was asked to stop."


def test_a_trainer_may_ask_to_be_started_again_once(workshop: Workshop) -> None:
    run = workshop.start("again")
    stands = ended(run)
    assert (stands.state, stands.attempt, stands.step) == ("finished", 2, 10), stands
    first, second = (read_record(run.exit_record(attempt)) for attempt in (1, 2))
    assert first and second and (first["code"], second["code"]) == (75, 0)
    assert read_record(run.process_record(2))


def test_a_stop_counts_for_more_than_a_wish_to_be_started_again(workshop: Workshop) -> None:
    run = workshop.start("again and stop")
    stands = ended(run)
    assert (stands.state, stands.attempt) == ("stopped", 1)
    assert stands.reason.startswith("It was stopped; ")
    assert EventReader(run.events).read()[-1].fields["outcome"] == "stopped"


def test_no_child_of_the_trainer_outlives_it(workshop: Workshop) -> None:
    run = workshop.start("parent")
    assert ended(run).state == "failed"
    group = processes(run)[0]
    deadline = time.monotonic() + 20  # until somebody has taken note of the orphan's end
    with pytest.raises(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(group, 0)
            time.sleep(0.02)


def test_the_dead_are_reaped_and_a_zombie_is_dead(workshop: Workshop) -> None:
    run = workshop.start("short")
    ended(run)
    deadline = time.monotonic() + 5
    while any(Path(f"/proc/{pid}").exists() for pid in processes(run)):
        assert time.monotonic() < deadline, "this process, as the app, has launched it"
        time.sleep(0.02)
    child = subprocess.Popen(["true"])
    try:
        assert gone(child.pid, 10.0) and Path(f"/proc/{child.pid}").exists()
    finally:
        child.wait()


def test_a_supervisor_that_cannot_go_on_says_why(workshop: Workshop, tmp_path: Path) -> None:
    """A folder lies where the device's lock should be: no run is lost without a word."""
    (tmp_path / "runs" / ".device-cpu.lock").mkdir(parents=True)
    run = workshop.start("short")
    stands = ended(run)
    assert stands.state == "failed"
    assert stands.reason.startswith("Its supervisor could not go on (IsADirectoryError: ")
    (tmp_path / "runs" / ".device-cpu.lock").rmdir()
    assert ended(workshop.resume(run, "short")).state == "finished"


def test_a_signal_to_the_supervisor_is_passed_on(workshop: Workshop) -> None:
    run = workshop.start("steady")
    training(run)
    os.kill(processes(run)[1], signal.SIGTERM)
    assert ended(run).state == "stopped"
    assert run.export.is_dir()


def test_a_killed_trainer_is_seen_within_two_seconds(workshop: Workshop) -> None:
    run = workshop.start("steady")
    training(run)
    kill_process(processes(run)[0])
    stands = wait_for_status(run, lambda s: not s.alive, seconds=2.0)
    assert stands.state == "failed" and "SIGKILL" in stands.reason


def test_a_killed_supervisor_is_seen_and_its_trainer_ends(workshop: Workshop) -> None:
    run = workshop.start("steady")
    training(run)
    trainer, supervisor = processes(run)
    kill_process(supervisor)
    stands = wait_for_status(run, lambda s: not s.alive, seconds=2.0)
    assert stands.state == "lost"
    assert gone(trainer), "the trainer outlived its supervisor"


def test_a_trainer_that_outlives_its_supervisor_bars_a_resume(workshop: Workshop) -> None:
    run = workshop.start("deaf")
    training(run)
    trainer, supervisor = processes(run)
    kill_process(supervisor)
    assert wait_for_status(run, lambda s: not s.alive, seconds=2.0).reason.endswith("still ending.")
    with pytest.raises(RunError, match="still ending"):
        workshop.resume(run, "short")
    kill_process(trainer)
    wait_for_status(run, lambda s: "ended from outside" in s.reason)
    assert ended(workshop.resume(run, "short")).state == "finished"


def test_a_resume_is_the_next_attempt(workshop: Workshop) -> None:
    run = workshop.start("steady")
    training(run)
    with pytest.raises(RunError, match="stop it before"):
        workshop.resume(run, "short")
    request(run, "stop")
    assert ended(run).state == "stopped"
    workshop.resume(run, "short")
    stands = ended(run)
    assert (stands.state, stands.attempt, stands.step) == ("finished", 2, 10)
    reader = EventReader(run.events)
    reader.read()
    assert reader.series("train/loss")[0].tolist() == list(range(1, 11))
