"""Real supervisors with small trainers: scripts that end well, badly, or not at all."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trainer.launch import launch, resume
from trainer.records import process_start, read_record
from trainer.runs import Run, Status, status

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


def wait_for_status(
    run: Run, wanted: Callable[[Status], bool], seconds: float = PATIENCE
) -> Status:
    """How the run stands when it does as wanted; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not wanted(stands := status(run)):
        log = run.log.read_text() if run.log.exists() else ""
        assert time.monotonic() < deadline, f"{stands}\n{log}"
        time.sleep(0.02)
    return stands


def ended(run: Run) -> Status:
    return wait_for_status(run, lambda stands: not stands.alive)


def training(run: Run) -> Status:
    """Wait until it has trained a step."""
    return wait_for_status(run, lambda stands: stands.state == "running" and bool(stands.step))


def processes(run: Run, attempt: int = 1) -> tuple[int, int]:
    """The numbers of trainer and supervisor."""
    record = read_record(run.process_record(attempt))
    assert record is not None
    return record["pid"], record["supervisor_pid"]


def gone(pid: int, seconds: float = 2.0) -> bool:
    """Whether a process ends, and leaves no zombie, within so many seconds."""
    deadline = time.monotonic() + seconds
    while process_start(pid) is not None and time.monotonic() < deadline:
        time.sleep(0.02)
    return process_start(pid) is None


def kill_process(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
