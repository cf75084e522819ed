"""`python -m trainer.supervise runs/<id>`: sees one attempt of a run through.

It holds run.lock as long as the run lives, waits in line for the device, starts the trainer,
passes a stop on and insists on it, records how the trainer ended, and exports what was learned.
It writes events of its own beside the trainer's (events/0001-supervisor.jsonl): each file has one
writer. The trainer gets SIGTERM from the kernel when the supervisor dies.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from trainer.child import end_group, spawn, step_back
from trainer.events import EventWriter
from trainer.folder import Run, load_run
from trainer.line import device_of, join_line, try_device
from trainer.locks import take_lock
from trainer.records import boot_id, process_start, write_record
from trainer.status import current_attempt

# -P: a folder named `trainer` in the person's working directory must not be taken for ours.
TRAINER = (sys.executable, "-P", "-m", "trainer.train")
EXPORTER = (sys.executable, "-P", "-m", "trainer.export")
GRACE_SECONDS = 30.0  # from a request to stop to SIGTERM; DAWN_GRACE overrides it
KILL_SECONDS = 10.0  # from SIGTERM to SIGKILL, or the grace if that is shorter
EXPORT_SECONDS = 900.0
_TICK = 0.1
_NICENESS = 10


class Supervisor:
    """One attempt, from the waiting line to the exported bundle."""

    def __init__(
        self, run: Run, attempt: int, trainer: Sequence[str], exporter: Sequence[str], grace: float
    ) -> None:
        self.run = run
        self.attempt = attempt
        self.trainer = [*trainer, str(run.path), "--attempt", str(attempt)]
        self.exporter = [*exporter, str(run.path)]
        self.grace = grace
        self.device = device_of(run.config)
        self.events = EventWriter(run.events, attempt, source="supervisor")
        self.terminated = False

    def supervise(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        descriptor = self._wait_for_device()
        if descriptor is None:
            reason = "It was stopped while it waited in line."
            self._record_exit(None, time.time(), stop_requested=True, reason=reason)
            return
        try:
            started = self._train()
        finally:
            os.close(descriptor)
        if started and any(self.run.checkpoints.glob("*.ckpt")):
            self._export()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.terminated = True

    def _stop_requested(self) -> bool:
        """Whether somebody wants the end; a signal becomes the file that the trainer looks for."""
        stop = self.run.control / "stop"
        if self.terminated and not stop.exists():
            try:
                self.run.control.mkdir(exist_ok=True)
                stop.touch()
            except OSError as error:
                print(f"The request to stop could not be written: {error}", flush=True)
        return self.terminated or stop.exists()

    def _wait_for_device(self) -> int | None:
        """The device's lock, or None when the run was stopped first."""
        ticket = join_line(self.run.path, self.device)
        try:
            while not (self._stop_requested() or (self.run.control / "finish").exists()):
                descriptor = try_device(ticket)
                if descriptor is not None:
                    return descriptor
                time.sleep(_TICK)
            return None
        finally:
            ticket.unlink(missing_ok=True)

    def _train(self) -> bool:
        """Run the trainer to its end; False when it could not be started."""
        began = time.time()
        try:
            child = spawn(self.trainer, self.run.log)
        except OSError as error:
            reason = f"The trainer could not be started: {error}."
            self._record_exit(127, began, stop_requested=False, reason=reason)
            return False
        self._write(
            self.run.process_record(self.attempt),
            {
                "attempt": self.attempt,
                "pid": child.pid,
                "start_time": process_start(child.pid),
                "supervisor_pid": os.getpid(),
                "boot_id": boot_id(),
                "host": socket.gethostname(),
                "engine": self.run.spec.get("engine"),
                "device": self.device,
                "began": began,
            },
        )
        escalated = self._attend(child)
        end_group(child.pid)
        asked = self._stop_requested() or (self.run.control / "finish").exists()
        self._record_exit(child.returncode, began, stop_requested=asked, escalated=escalated)
        return True

    def _attend(self, child: subprocess.Popen[bytes]) -> str | None:
        """Wait for the trainer's end; the last signal that a stop had to be insisted on with."""
        asked_at: float | None = None
        sent: str | None = None
        while child.poll() is None:
            now = time.monotonic()
            if asked_at is None and self._stop_requested():
                asked_at = now
            waited = now - asked_at if asked_at is not None else 0.0
            if asked_at is not None and sent is None and waited >= self.grace:
                child.terminate()
                sent = "SIGTERM"
            elif sent == "SIGTERM" and waited >= self.grace + min(KILL_SECONDS, self.grace):
                end_group(child.pid)
                sent = "SIGKILL"
            time.sleep(_TICK)
        return sent

    def _export(self) -> None:
        """Turn the checkpoint into a bundle; a failure is an alert, the run's state stays."""
        self.terminated = False
        self.events.phase("export", expect=EXPORT_SECONDS)
        problem = None
        try:
            child = spawn(self.exporter, self.run.log)
        except OSError as error:
            problem = f"The export could not be started: {error}."
        else:
            deadline = time.monotonic() + EXPORT_SECONDS
            while child.poll() is None:
                if self.terminated or time.monotonic() > deadline:
                    end_group(child.pid)
                    child.wait()
                time.sleep(_TICK)
            if child.returncode:
                problem = f"The export ended with code {child.returncode}; log.txt says why."
        if problem:
            self.events.write("alert", message=problem)

    def _record_exit(
        self,
        code: int | None,
        began: float,
        *,
        stop_requested: bool,
        escalated: str | None = None,
        reason: str | None = None,
    ) -> None:
        now = time.time()
        killed = code is not None and code < 0
        record = {
            "attempt": self.attempt,
            "code": code,
            "signal": signal.Signals(-code).name if killed and code is not None else None,
            "stop_requested": stop_requested,
            "escalated": escalated,
            "reason": reason,
            "ended": now,
            "seconds": round(now - began, 3),
        }
        self._write(self.run.exit_record(self.attempt), record)

    def _write(self, path: Path, record: Mapping[str, object]) -> None:
        # A full disk must not end a training that still runs.
        try:
            write_record(path, record)
        except OSError as error:
            print(f"{path.name} could not be written: {error}", flush=True)


def grace_seconds() -> float:
    """How long a trainer may take to react to a stop: DAWN_GRACE in seconds, else 30."""
    wish = os.environ.get("DAWN_GRACE", "")
    try:
        return max(0.0, float(wish)) if wish else GRACE_SECONDS
    except ValueError:
        print(f"DAWN_GRACE is {wish!r}, no number of seconds; {GRACE_SECONDS:.0f} it is.")
        return GRACE_SECONDS


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m trainer.supervise")
    parser.add_argument("folder", type=Path, help="the run's folder")
    parser.add_argument("--lock-fd", type=int, help="run.lock, opened and held by the caller")
    parser.add_argument("--trainer", type=json.loads, default=TRAINER, help="a JSON list")
    parser.add_argument("--exporter", type=json.loads, default=EXPORTER, help="a JSON list")
    options = parser.parse_args(argv)
    run = load_run(options.folder.absolute())
    if run.problem:
        print(run.problem, file=sys.stderr)
        return 2
    held = options.lock_fd if options.lock_fd is not None else take_lock(run.lock)
    if held is None:
        print(f"The run {run.id} has a supervisor already.", file=sys.stderr)
        return 1
    attempt = current_attempt(run)
    if options.lock_fd is None:
        attempt += 1
        os.pwrite(held, f"{attempt:04d}\n".encode("ascii"), 0)
    step_back(_NICENESS)
    Supervisor(run, attempt, options.trainer, options.exporter, grace_seconds()).supervise()
    return 0


if __name__ == "__main__":
    sys.exit(main())
