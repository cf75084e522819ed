"""A run folder: made whole, found again, and read for what it says."""

from __future__ import annotations

import fcntl
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trainer.events import EventWriter, event_file
from trainer.launch import resume
from trainer.line import join_line, try_device
from trainer.locks import is_locked, take_lock
from trainer.records import boot_id, process_start, read_record, write_record
from trainer.runs import (
    Run,
    RunError,
    create_run,
    list_runs,
    open_run,
    request,
    runs_folder,
    status,
)

ROOT = Path(__file__).resolve().parents[2]
CONFIG = {"preset": "nano", "seed": 7, "device": "cpu", "rate": 0.0}


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


@pytest.fixture
def hold() -> Callable[[Run, int], int]:
    """Holds a run's lock as its supervisor would."""

    def take(run: Run, attempt: int = 1) -> int:
        descriptor = take_lock(run.lock)
        assert descriptor is not None
        os.pwrite(descriptor, f"{attempt:04d}\n".encode(), 0)
        return descriptor

    return take


def finish(run: Run, attempt: int = 1, outcome: str | None = "finished", **record: Any) -> None:
    """What trainer and supervisor leave behind."""
    with EventWriter(run.events, attempt) as events:
        events.write("resume", from_step=0)
        events.phase("training", expect=10)
        events.metric(40, {"train/loss": 1.0})
        if outcome:
            events.write("end", outcome=outcome, reason=f"So it {outcome}.")
    write_record(run.process_record(attempt), {"attempt": attempt, "pid": 1})
    write_record(run.exit_record(attempt), {"attempt": attempt, "code": 0, **record})


def test_a_spec_says_what_was_asked_for() -> None:
    run = create_run(CONFIG, ["/home/me/bin/train", "--preset", "nano"], data={"tiny": "a" * 64})
    spec = json.loads((run.path / "spec.json").read_text())
    assert spec == run.spec == open_run(run.id).spec
    assert spec["schema"] == 1 and spec["config"] == CONFIG and spec["seed"] == 7
    assert spec["argv"] == ["train", "--preset", "nano"] and spec["engine"] == {"kind": "local"}
    assert spec["data"] == {"tiny": "a" * 64} and spec["packages"]["torch"]
    assert re.fullmatch(r"nano-\d{8}-\d{6}-[0-9a-f]{4}", run.id)
    assert str(run.path) not in json.dumps(spec)
    assert sorted(p.name for p in run.path.iterdir()) == [
        "checkpoints", "control", "events", "snapshots", "spec.json",
    ]  # fmt: skip


def test_a_folder_is_made_once() -> None:
    create_run(CONFIG, [], run_id="mine")
    with pytest.raises(RunError, match="already"):
        create_run(CONFIG, [], run_id="mine")


@pytest.mark.parametrize(
    "run_id",
    ["", ".", "..", "../x", "a/b", "/etc", "a\\b", "a\n", "a\0", ".hidden", "data", "x" * 81, "é"],
)
def test_an_id_is_a_plain_name(run_id: str, runs: Path) -> None:
    for call in (open_run, lambda name: create_run(CONFIG, [], run_id=name)):
        with pytest.raises(RunError, match="cannot name a run"):
            call(run_id)
    assert not runs.exists() or list(runs.iterdir()) == []


def test_an_unknown_run_is_one_sentence() -> None:
    with pytest.raises(RunError, match="no run named 'nothing'"):
        open_run("nothing")


def test_a_runs_folder_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path / "file" / "runs"))
    with pytest.raises(RunError, match="DAWN_RUNS"):
        create_run(CONFIG, [])
    assert list_runs() == []


def test_runs_live_beside_the_code_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DAWN_RUNS")
    assert runs_folder() == ROOT / "runs"


def test_the_list_is_tolerant_and_newest_first(runs: Path) -> None:
    first, second = create_run(CONFIG, [], run_id="first"), create_run(CONFIG, [], run_id="second")
    for name in ("notes", "data", ".line-cpu", "odd name"):
        (runs / name).mkdir()
    (runs / "file.txt").write_text("x")
    broken = {
        "torn": '{"schema": 1, "conf',
        "binary": "\x00",
        "list": "[]",
        "deep": "[" * 100_000,
        "other": '{"schema": 99, "config": {}}',
        "noconfig": '{"schema": 1}',
        "badtime": '{"schema": 1, "config": {}, "created": "today"}',
    }
    for name, text in broken.items():
        (runs / name).mkdir()
        (runs / name / "spec.json").write_text(text)
    (runs / "nospec" / "events").mkdir(parents=True)
    found = list_runs()
    assert {run.id for run in found} == {"first", "second", "nospec", *broken}
    ids = [run.id for run in found]
    assert ids.index("second") < ids.index("first")
    assert second.created >= first.created
    for run in found:
        stands = status(run)
        assert stands.reason.endswith(".")
        if run.id in {"nospec", *broken} - {"badtime"}:
            assert (stands.state, run.config) == ("failed", {}) and run.problem


def test_a_run_never_started_is_stopped() -> None:
    stands = status(create_run(CONFIG, []))
    assert (stands.state, stands.attempt, stands.step) == ("stopped", 0, None)


def test_the_lock_says_who_lives(hold: Callable[..., int]) -> None:
    run = create_run(CONFIG, [])
    descriptor = hold(run)
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
    os.close(descriptor)
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


def test_a_later_attempt_decides(hold: Callable[..., int]) -> None:
    run = create_run(CONFIG, [])
    finish(run, outcome="stopped")
    descriptor = hold(run, 2)
    stands = status(run)
    assert (stands.state, stands.attempt, stands.step) == ("queued", 2, 40)
    write_record(run.process_record(2), {"attempt": 2})
    with EventWriter(run.events, 2) as events:
        events.write("resume", from_step=30)
        assert status(run).step == 30
    os.close(descriptor)
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


def test_only_a_living_run_can_be_asked(hold: Callable[..., int]) -> None:
    run = create_run(CONFIG, [])
    with pytest.raises(RunError, match="does not run"):
        request(run, "stop")
    descriptor = hold(run)
    with pytest.raises(RunError, match="none of these"):
        request(run, "../stop")
    for what in ("save", "sample", "finish", "stop"):
        request(run, what)
        assert (run.control / what).exists()
    os.close(descriptor)


def test_the_place_in_line(hold: Callable[..., int], runs: Path) -> None:
    """Three wait for one device; the dead one's ticket does not count."""
    waiting = [create_run(CONFIG, [], run_id=name) for name in ("a", "b-b", "c")]
    descriptors = [hold(run) for run in waiting]
    for run in waiting:
        join_line(run.path, "cpu")
    join_line(waiting[0].path, "cpu")
    assert status(waiting[0]).place is None  # the device is free: about to start
    device = take_lock(runs / ".device-cpu.lock")
    assert device is not None
    assert [status(run).place for run in waiting] == [1, 2, 3]
    assert "place 2 in line" in status(waiting[1]).reason
    os.close(descriptors[0])
    assert [status(run).place for run in waiting] == [None, 1, 2]
    for descriptor in (device, *descriptors[1:]):
        os.close(descriptor)


def test_the_device_goes_to_the_first_in_line(hold: Callable[..., int], runs: Path) -> None:
    waiting = [create_run(CONFIG, [], run_id=name) for name in ("z-first", "a-second")]
    descriptors = [hold(run) for run in waiting]
    first, second = (join_line(run.path, "cpu") for run in waiting)
    assert try_device(second) is None
    device = try_device(first)
    assert device is not None and try_device(first) is None
    os.close(device)
    os.close(descriptors[0])  # the first one dies: its ticket goes
    device = try_device(second)
    assert device is not None and not first.exists()
    os.close(device)
    assert join_line(waiting[1].path, "cpu") == second
    assert join_line(waiting[1].path, "cpu", anew=True) > second and not second.exists()
    os.close(descriptors[1])


def test_a_look_at_the_lock_does_not_take_it(hold: Callable[..., int]) -> None:
    run = create_run(CONFIG, [])
    assert not is_locked(run.lock) and not run.lock.exists()
    descriptor = hold(run)
    assert is_locked(run.lock) and take_lock(run.lock, patience=0.0) is None
    os.close(descriptor)
    probe = os.open(run.lock, os.O_RDONLY)
    fcntl.flock(probe, fcntl.LOCK_SH)
    assert not is_locked(run.lock)
    os.close(probe)


def test_a_record_is_whole_or_absent(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    write_record(path, {"n": 1})
    with pytest.raises(TypeError):
        write_record(path, {"n": object()})
    assert read_record(path) == {"n": 1}
    with open(path, encoding="utf-8") as old:
        write_record(path, {"n": 2})
        assert json.load(old) == {"n": 1}  # who reads meanwhile sees the old one, whole
    assert read_record(path) == {"n": 2}
    assert [p.name for p in tmp_path.iterdir()] == ["record.json"]


def test_the_light_parts_need_no_torch() -> None:
    program = (
        "import sys, trainer.events, trainer.launch, trainer.supervise, trainer.keeping\n"
        "heavy = {'torch', 'pytorch_lightning', 'streamlit', 'plotly'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_runs_that_ship_come_last_and_are_read_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = create_run(CONFIG, [], run_id="own")
    monkeypatch.setattr("trainer.folder._ROOT", tmp_path)  # where assets/runs is looked for
    shipped_to = tmp_path / "assets" / "runs"
    shipped_to.mkdir(parents=True)
    for name in ("own", "lesson"):  # made after "own", so newer
        finish(create_run(CONFIG, [], run_id=f"{name}-ships"))
        (runs_folder() / f"{name}-ships").rename(shipped_to / name)
    assert [run.id for run in list_runs()] == ["own", "lesson"]
    assert open_run("own") == own
    assert not own.read_only
    lesson = open_run("lesson")
    assert lesson.origin == "shipped"
    assert lesson.read_only
    assert status(lesson).state == "finished"
    assert [run.id for run in list_runs(runs_folder())] == ["own"]
    with pytest.raises(RunError, match="is shipped, so it cannot go on here: clone it"):
        resume(lesson)
