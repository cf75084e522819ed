"""Runs wait for a device in the order in which they came, and never for the dead."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.trainer.posed_runs import CONFIG, Hold, Running
from tests.trainer.workshop import (
    Workshop,
    ended,
    gone,
    kill_process,
    processes,
    training,
    wait_for_status,
)
from trainer.ending import kill
from trainer.line import device_lock, device_of, join_line, place_in_line, try_device
from trainer.locks import is_locked, take_lock
from trainer.runs import Run, create_run, request, status

pytestmark = pytest.mark.usefixtures("runs")


def test_the_place_in_line(hold: Hold, runs: Path) -> None:
    """Three wait for one device; the dead one's ticket does not count."""
    waiting = [create_run(CONFIG, [], run_id=name) for name in ("a", "b-b", "c")]
    locks = [hold(run) for run in waiting]
    for run in waiting:
        join_line(run.path, "cpu")
    join_line(waiting[0].path, "cpu")
    assert status(waiting[0]).place is None  # the device is free: about to start
    device = take_lock(runs / ".device-cpu.lock")
    assert device is not None
    assert [status(run).place for run in waiting] == [1, 2, 3]
    assert "place 2 in line" in status(waiting[1]).reason
    locks[0].close()
    assert [status(run).place for run in waiting] == [None, 1, 2]
    os.close(device)


def test_the_device_goes_to_the_first_in_line(hold: Hold, runs: Path) -> None:
    waiting = [create_run(CONFIG, [], run_id=name) for name in ("z-first", "a-second")]
    locks = [hold(run) for run in waiting]
    first, second = (join_line(run.path, "cpu") for run in waiting)
    assert try_device(second) is None
    device = try_device(first)
    assert device is not None and try_device(first) is None
    os.close(device)
    locks[0].close()  # the first one dies: its ticket goes
    device = try_device(second)
    assert device is not None and not first.exists()
    os.close(device)
    assert join_line(waiting[1].path, "cpu") == second
    assert join_line(waiting[1].path, "cpu", anew=True) > second and not second.exists()


def test_a_clock_set_back_lets_nobody_in_first(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = running("first"), running("second")
    join_line(first.path, "cpu")
    monkeypatch.setattr(time, "time_ns", lambda: 1)
    join_line(second.path, "cpu")
    places = [place_in_line(run.path) for run in (first, second)]
    assert [place and place.number for place in places] == [1, 2]


def test_runs_wait_in_line(workshop: Workshop) -> None:
    """Two wait: the first is stopped where it stands, the second starts when the holder dies."""
    holder = workshop.start("steady", run_id="holder")
    training(holder)
    first, second = workshop.start("short", run_id="first"), workshop.start("short", run_id="next")
    assert (
        wait_for_status(first, lambda s: s.place == 1).reason
        == "Waiting for the CPU: place 1 in line."
    )
    assert wait_for_status(second, lambda s: s.place == 2).state == "queued"
    request(first, "stop")
    stands = ended(first)
    assert stands.state == "stopped" and "waited in line" in stands.reason
    assert not first.process_record(1).exists() and not first.export.exists()
    assert wait_for_status(second, lambda s: s.place == 1).state == "queued"
    for pid in processes(holder):
        kill_process(pid)
    assert ended(second).state == "finished"
    assert status(holder).state in ("lost", "failed")


def test_a_dead_one_in_line_is_passed(workshop: Workshop) -> None:
    holder = workshop.start("steady", run_id="holder")
    training(holder)
    first, second = workshop.start("short", run_id="first"), workshop.start("short", run_id="next")
    wait_for_status(second, lambda s: s.place == 2)
    kill_process(lock_holder(first))
    assert wait_for_status(first, lambda s: not s.alive, seconds=2.0).state == "lost"
    wait_for_status(second, lambda s: s.place == 1)
    request(holder, "finish")
    assert ended(second).state == "finished"
    assert ended(holder).state == "finished"


def lock_holder(run: Run) -> int:
    """The supervisor of a run that waits, from /proc: it has written no record yet."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"trainer.supervise" in command and str(run.path).encode() in command:
            return int(folder.name)
    raise AssertionError("nobody supervises this run")


def test_the_device_stays_taken_while_a_trainer_lives_on(workshop: Workshop) -> None:
    """Its supervisor is killed and it ignores SIGTERM: the next run waits until it is gone."""
    deaf = workshop.start("deaf", run_id="deaf")
    training(deaf)
    trainer, supervisor = processes(deaf)
    kill_process(supervisor)
    wait_for_status(deaf, lambda s: s.state == "lost")
    assert is_locked(device_lock(deaf.path.parent, "cpu"))
    waiting = workshop.start("short", run_id="waiting")
    wait_for_status(waiting, lambda s: s.place == 1)
    kill(deaf)
    assert gone(trainer)
    assert ended(waiting).state == "finished"


def test_the_device_of_a_config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert device_of({"device": "cpu"}) == "cpu" and device_of({"device": "cuda"}) == "cuda0"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert device_of({"device": "auto"}) == device_of({}) == "cpu"
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert device_of({}) == "cuda0"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert device_of({}) == "cpu"
