"""The supervisor with real trainers: scripts that end well, badly, or not at all."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from trainer.events import EventReader
from trainer.launch import launch, resume
from trainer.line import device_lock, device_of
from trainer.locks import is_locked, take_lock
from trainer.records import process_start, read_record, write_record
from trainer.runs import Run, RunError, Status, list_runs, request, status, what_is_lost
from trainer.runs import kill as kill_run

CONFIG = {"preset": "nano", "device": "cpu", "seed": 1}
PATIENCE = 20.0

# A small real trainer: `script.py BEHAVIOUR FOLDER --attempt N`.
TRAINER = """
import signal, subprocess, sys, time
from pathlib import Path
from trainer.events import EventWriter

behaviour, folder, attempt = sys.argv[1], Path(sys.argv[2]), int(sys.argv[4])
if behaviour == "starting ranks":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print("They are starting.", flush=True)
if behaviour in ("importing", "starting ranks"):
    time.sleep(600)
if behaviour == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
events = EventWriter(folder / "events", attempt)
events.write("resume", from_step=5 * (attempt - 1))
if behaviour in ("preparing", "stubborn"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN if behaviour == "stubborn" else signal.SIG_DFL)
    events.phase("preparing data", expect=600)
    time.sleep(600)
if behaviour == "again and stop":
    (folder / "control" / "stop").touch()
if behaviour.startswith("again") and attempt == 1:
    events.write("end", outcome="failed", reason="The memory was full.")
    sys.exit(75)
behaviour = "short" if behaviour == "again" else behaviour
if behaviour == "parent":
    subprocess.Popen(["sleep", "600"])
    behaviour = "crash"
events.phase("training", expect=5)
print("a line for the log", flush=True)
stop, finish = folder / "control" / "stop", folder / "control" / "finish"
step = 5 * (attempt - 1)
while not finish.exists():
    if stop.exists() and behaviour not in ("deaf", "slow"):
        (folder / "checkpoints" / "last.ckpt").write_text("x")
        events.write("end", step=step, outcome="stopped", reason="It was asked to stop.")
        sys.exit(0)
    step += 1
    events.metric(step, {"train/loss": 0.0})
    if behaviour == "crash" and step == 5:
        raise RuntimeError("out of luck")
    if behaviour == "silent" and step == 5:
        sys.exit(0)
    if behaviour == "short" and step == 5 * attempt:
        break
    time.sleep(0.02)
(folder / "checkpoints" / "last.ckpt").write_text("x")
events.write("end", step=step, outcome="finished", reason="All steps are done.")
"""

EXPORTER = """
import sys, time
from pathlib import Path

folder = Path(sys.argv[2])
if sys.argv[1] == "fail":
    sys.exit("no space for a bundle")
time.sleep(0.3)
(folder / "export").mkdir(exist_ok=True)
"""


class Workshop:
    """Starts runs with the scripts above."""

    def __init__(self, folder: Path) -> None:
        self.trainer, self.exporter = folder / "train.py", folder / "export.py"
        self.trainer.write_text(TRAINER)
        self.exporter.write_text(EXPORTER)

    def commands(self, behaviour: str, export: str = "ok") -> dict[str, Any]:
        return {
            "trainer": [sys.executable, str(self.trainer), behaviour],
            "exporter": [sys.executable, str(self.exporter), export],
        }

    def start(self, behaviour: str, export: str = "ok", run_id: str | None = None) -> Run:
        return launch(CONFIG, ["train"], run_id=run_id, **self.commands(behaviour, export))

    def resume(self, run: Run, behaviour: str) -> Run:
        return resume(run, **self.commands(behaviour))


def wait_for(run: Run, wanted: Callable[[Status], bool], seconds: float = PATIENCE) -> Status:
    deadline = time.monotonic() + seconds
    while not wanted(stands := status(run)):
        log = run.log.read_text() if run.log.exists() else ""
        assert time.monotonic() < deadline, f"{stands}\n{log}"
        time.sleep(0.02)
    return stands


def ended(run: Run) -> Status:
    return wait_for(run, lambda stands: not stands.alive)


def training(run: Run) -> Status:
    return wait_for(run, lambda stands: stands.state == "running" and bool(stands.step))


def processes(run: Run, attempt: int = 1) -> tuple[int, int]:
    record = read_record(run.process_record(attempt))
    assert record is not None
    return record["pid"], record["supervisor_pid"]


def gone(pid: int, seconds: float = 2.0) -> bool:
    """Whether a process ends, and leaves no zombie, within so many seconds."""
    deadline = time.monotonic() + seconds
    while process_start(pid) is not None and time.monotonic() < deadline:
        time.sleep(0.02)
    return process_start(pid) is None


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("DAWN_GRACE", "0.4")
    yield Workshop(tmp_path)
    for run in list_runs():
        if is_locked(run.lock):
            request(run, "stop")
    for run in list_runs():
        ended(run)
        for record in map(read_record, run.path.glob("proc-*.json")):
            if record and process_start(record["pid"]) == record["start_time"]:
                kill(record["pid"])


def test_a_run_from_launch_to_bundle(workshop: Workshop) -> None:
    run = workshop.start("short")
    seen: list[str] = []

    def over(stands: Status) -> bool:
        seen.append(stands.state)
        return not stands.alive

    stands = wait_for(run, over)
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


@pytest.mark.parametrize(("behaviour", "sent"), [("slow", "SIGTERM"), ("deaf", "SIGKILL")])
def test_a_stop_is_insisted_on(workshop: Workshop, behaviour: str, sent: str) -> None:
    run = workshop.start(behaviour)
    training(run)
    request(run, "stop")
    stands = ended(run)
    assert stands.state == "stopped" and "did not react" in stands.reason
    record = read_record(run.exit_record(1))
    assert record and (record["escalated"], record["signal"]) == (sent, sent)


@pytest.mark.parametrize("behaviour", ["importing", "preparing", "stubborn"])
def test_a_stop_before_the_training_waits_for_no_grace(
    workshop: Workshop, behaviour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it imports, while it prepares its data, and deaf at that: nothing can be lost yet."""
    monkeypatch.setenv("DAWN_GRACE", "600")
    run = workshop.start(behaviour)
    phase = None if behaviour == "importing" else "preparing data"
    wait_for(run, lambda s: s.state == "running" and s.phase == phase)
    request(run, "stop")
    stands = wait_for(run, lambda s: not s.alive, seconds=10.0)
    assert (stands.state, stands.reason) == (
        "stopped",
        "It was stopped; nothing is saved yet, so a resume begins at the beginning.",
    )
    (end,) = (event for event in EventReader(run.events).read() if event.kind == "end")
    assert end.fields == {"outcome": "stopped", "reason": stands.reason}
    assert not run.export.exists()


def test_a_stop_while_the_ranks_are_started(workshop: Workshop) -> None:
    """Who starts them heeds it, and none of them could say a word yet."""
    run = workshop.start("starting ranks")
    wait_for(run, lambda s: run.log.exists() and "They are starting" in run.log.read_text())
    request(run, "stop")
    stands = ended(run)
    assert stands.state == "stopped" and stands.reason.startswith("It was stopped; nothing is")


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


def test_a_kill_is_at_once_and_on_record(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAWN_GRACE", "600")
    run = workshop.start("deaf")
    training(run)
    lost = what_is_lost(run)
    assert re.fullmatch(r"All it has learned is lost, .* steps?: nothing is saved yet\.", lost)
    kill_run(run)
    stands = wait_for(run, lambda s: not s.alive, seconds=5.0)
    assert stands.state == "stopped" and stands.reason.startswith("It was killed as asked;")
    with pytest.raises(RunError, match="nothing to kill"):
        kill_run(run)
    assert ended(workshop.resume(run, "short")).state == "finished", "the wish to kill is forgotten"


def test_a_kill_passes_over_a_supervisor_that_hangs(workshop: Workshop) -> None:
    """The holder of the device is stopped (SIGSTOP): killed, it lets the next one have it."""
    holder = workshop.start("steady", run_id="holder")
    training(holder)
    trainer, supervisor = processes(holder)
    os.kill(supervisor, signal.SIGSTOP)
    waiting = workshop.start("short", run_id="waiting")
    wait_for(waiting, lambda s: s.place == 1)
    kill_run(holder, patience=0.3)
    wait_for(holder, lambda s: not s.alive, seconds=5.0)
    assert gone(trainer)
    assert ended(waiting).state == "finished"


def test_a_kill_never_hits_a_process_that_was_given_the_number(workshop: Workshop) -> None:
    run = workshop.start("short")
    ended(run)
    record = read_record(run.process_record(1))
    assert record
    bystander = subprocess.Popen(["sleep", "60"], process_group=0)
    try:
        numbers = {"pid": bystander.pid, "supervisor_pid": bystander.pid}
        write_record(run.process_record(1), record | numbers)
        with pytest.raises(RunError, match="nothing to kill"):
            kill_run(run)
        run.exit_record(1).unlink()
        held = take_lock(run.lock)  # by a supervisor that does not react
        assert held is not None
        kill_run(run, patience=0.1)
        os.close(held)
        time.sleep(0.1)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_the_device_stays_taken_while_a_trainer_lives_on(workshop: Workshop) -> None:
    """Its supervisor is killed and it ignores SIGTERM: the next run waits until it is gone."""
    deaf = workshop.start("deaf", run_id="deaf")
    training(deaf)
    trainer, supervisor = processes(deaf)
    kill(supervisor)
    wait_for(deaf, lambda s: s.state == "lost")
    assert is_locked(device_lock(deaf.path.parent, "cpu"))
    waiting = workshop.start("short", run_id="waiting")
    wait_for(waiting, lambda s: s.place == 1)
    kill_run(deaf)
    assert gone(trainer)
    assert ended(waiting).state == "finished"


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
    kill(processes(run)[0])
    stands = wait_for(run, lambda s: not s.alive, seconds=2.0)
    assert stands.state == "failed" and "SIGKILL" in stands.reason


def test_a_killed_supervisor_is_seen_and_its_trainer_ends(workshop: Workshop) -> None:
    run = workshop.start("steady")
    training(run)
    trainer, supervisor = processes(run)
    kill(supervisor)
    stands = wait_for(run, lambda s: not s.alive, seconds=2.0)
    assert stands.state == "lost"
    assert gone(trainer), "the trainer outlived its supervisor"


def test_a_trainer_that_outlives_its_supervisor_bars_a_resume(workshop: Workshop) -> None:
    run = workshop.start("deaf")
    training(run)
    trainer, supervisor = processes(run)
    kill(supervisor)
    assert wait_for(run, lambda s: not s.alive, seconds=2.0).reason.endswith("still ending.")
    with pytest.raises(RunError, match="still ending"):
        workshop.resume(run, "short")
    kill(trainer)
    wait_for(run, lambda s: "ended from outside" in s.reason)
    assert ended(workshop.resume(run, "short")).state == "finished"


def test_runs_wait_in_line(workshop: Workshop) -> None:
    """Two wait: the first is stopped where it stands, the second starts when the holder dies."""
    holder = workshop.start("steady", run_id="holder")
    training(holder)
    first, second = workshop.start("short", run_id="first"), workshop.start("short", run_id="next")
    assert wait_for(first, lambda s: s.place == 1).reason == "Waiting for the CPU: place 1 in line."
    assert wait_for(second, lambda s: s.place == 2).state == "queued"
    request(first, "stop")
    stands = ended(first)
    assert stands.state == "stopped" and "waited in line" in stands.reason
    assert not first.process_record(1).exists() and not first.export.exists()
    assert wait_for(second, lambda s: s.place == 1).state == "queued"
    for pid in processes(holder):
        kill(pid)
    assert ended(second).state == "finished"
    assert status(holder).state in ("lost", "failed")


def test_a_dead_one_in_line_is_passed(workshop: Workshop) -> None:
    holder = workshop.start("steady", run_id="holder")
    training(holder)
    first, second = workshop.start("short", run_id="first"), workshop.start("short", run_id="next")
    wait_for(second, lambda s: s.place == 2)
    kill(lock_holder(first))
    assert wait_for(first, lambda s: not s.alive, seconds=2.0).state == "lost"
    wait_for(second, lambda s: s.place == 1)
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
