"""`python -m trainer.supervise runs/<id>`: sees one attempt of a run through.

It holds run.lock as long as the run lives, waits in line for the device, starts the trainer,
passes a stop on and insists on it, records how the trainer ended, and exports what was learned.
A trainer that asks to be started again is, as the next attempt: its memory was full, or its
cluster had to give its place to others.
It writes events of its own beside the trainer's (events/0001-supervisor.jsonl): each file has one
writer. The trainer gets SIGTERM from the kernel when the supervisor dies, and holds the device as
long as it lives: no other run starts beside a trainer that does not react.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from trainer.checkpoints import what_is_saved
from trainer.child import NICENESS, adopt_orphans, end_orphans, step_back, tell
from trainer.engines import PYTHON, Child, start, supervisor_record
from trainer.event_format import last_of_kind
from trainer.events import EventWriter, event_file, last_events
from trainer.exporting import export_run
from trainer.folder import Run, RunError, load_run
from trainer.insistence import Insistence
from trainer.line import device_of, join_line, try_device
from trainer.locks import take_lock
from trainer.machine import Monitor
from trainer.records import write_record
from trainer.status import current_attempt

EXPORTER = (*PYTHON, "trainer.export")
GRACE_SECONDS = 30.0  # from a request to stop to SIGTERM; DAWN_GRACE overrides it
_TICK = 0.1


class Supervisor:
    """An attempt, from the waiting line to the exported bundle, and those that it asks for."""

    def __init__(
        self,
        run: Run,
        lock: int,
        attempt: int,
        trainer: Sequence[str] | None,
        exporter: Sequence[str],
        grace: float,
    ) -> None:
        """lock: the descriptor of run.lock, which it holds. trainer: None for the engine's own."""
        self.run, self.lock = run, lock
        self.trainer, self.exporter = trainer, exporter
        self.grace = grace
        self.device = device_of(run.config)
        self.terminated = self.stopped = False
        self.child: Child | None = None
        self._begin(attempt)

    def supervise(self) -> None:
        """See it through; whatever happens is on record afterwards."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        try:
            self._supervise()
        except Exception as error:
            traceback.print_exc()
            self._give_up(error)

    def _supervise(self) -> None:
        held: list[int] = []
        if self.device:
            lock = self._wait_for_device(self.device)
            if lock is None:
                reason = "It was stopped while it waited in line."
                self._record_exit(None, time.monotonic(), stop_requested=True, reason=reason)
                return
            held.append(lock)
        try:
            child = trained = self._train(held)
            while child and child.wants_again() and not (self.stopped or self._is_done()):
                self._begin(self.attempt + 1)
                child = self._train(held)
        finally:
            for lock in held:
                os.close(lock)
        if trained and any(self.run.checkpoints.glob("*.ckpt")):
            self.terminated = False
            export_run(self.run, self.exporter, self.events, lambda: self.terminated)

    def _is_done(self) -> bool:
        """Whether the attempt came to its end before its place was taken from it."""
        newest = next(last_events(event_file(self.run.events, self.attempt)), None)
        return newest is not None and newest.fields.get("outcome") == "finished"

    def _begin(self, attempt: int) -> None:
        """Enter the number of the attempt where `status` looks for it."""
        self.attempt = attempt
        os.pwrite(self.lock, f"{attempt:04d}\n".encode("ascii"), 0)
        self.events = EventWriter(self.run.events, attempt, source="supervisor")

    def _give_up(self, error: Exception) -> None:
        """After an error of its own: no trainer is left alone, no run without a word."""
        if self.child and self.child.poll() is None:
            self.child.kill()
            while self.child.poll() is None:
                time.sleep(_TICK)
        said = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        if self.run.exit_record(self.attempt).exists():
            self.events.write("alert", message=f"The supervisor could not go on ({said}).")
            return
        reason = f"Its supervisor could not go on ({said}); see log.txt, then resume it."
        code = self.child.returncode if self.child else None
        self._record_exit(code, time.monotonic(), stop_requested=False, reason=reason)

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
                tell(f"The request to stop could not be written: {error}")
        return self.terminated or stop.exists()

    def _wait_for_device(self, device: str) -> int | None:
        """The device's lock, or None when the run was stopped first."""
        ticket = join_line(self.run.path, device)
        try:
            while not (self._stop_requested() or (self.run.control / "finish").exists()):
                descriptor = try_device(ticket)
                if descriptor is not None:
                    return descriptor
                time.sleep(_TICK)
            return None
        finally:
            ticket.unlink(missing_ok=True)

    def _train(self, held: Sequence[int]) -> Child | None:
        """See a trainer through, which holds the device too; None where it could not be started."""
        began = time.monotonic()
        try:
            self.child = child = start(self.run, self.attempt, held, self.trainer)
        except (OSError, RunError) as error:
            reason = f"The trainer could not be started: {str(error).rstrip('.')}."
            self._record_exit(127, began, stop_requested=False, reason=reason)
            return None
        self._write(
            self.run.process_record(self.attempt),
            {
                "attempt": self.attempt,
                **child.record(),
                **supervisor_record(),
                "engine": self.run.spec.get("engine"),
                "device": self.device,
                "began": time.time(),
            },
        )
        insistence = self._attend(child)
        end_orphans()
        self.stopped = self._stop_requested()  # asked once: what is recorded is what is done
        self._record_exit(
            child.returncode,
            began,
            stop_requested=self.stopped or (self.run.control / "finish").exists(),
            escalated=insistence.sent,
            reason=self._reason(child, insistence),
        )
        return child

    def _attend(self, child: Child) -> Insistence:
        """Wait for the trainer's end; with what a stop had to be insisted on."""
        insistence = Insistence(child, self.run, self.attempt, self.grace)
        monitor = Monitor(self.run, self.attempt, os.getpid())
        watched: Monitor | None = monitor if self.device else None
        kill = self.run.control / "kill"
        while child.poll() is None:
            watched = looked(watched)
            stop = self._stop_requested()
            insistence.insist(time.monotonic(), stop=stop, kill=stop and kill.exists())
            time.sleep(_TICK)
        monitor.close()
        return insistence

    def _reason(self, child: Child, insistence: Insistence) -> str | None:
        """How a trainer ended that a signal of ours left no word; None where it has said so.

        One that asked to be started again said so, but is not, where somebody stopped it meanwhile.
        """
        if child.wants_again() and self.stopped:
            return f"It was stopped; {what_is_saved(self.run.checkpoints)}."
        if not insistence.sent:
            return None
        if (child.returncode or 0) >= 0:  # what it said counts; its ranks may have had no time to
            file = event_file(self.run.events, self.attempt)
            if child.returncode or last_of_kind(file, "end"):
                return None
        how = "It did not react to the request to stop and was ended"
        if (self.run.control / "kill").exists():
            how = "It was killed as asked"
        elif insistence.in_haste:
            how = "It was stopped"
        return f"{how}; {what_is_saved(self.run.checkpoints)}."

    def _record_exit(
        self,
        code: int | None,
        began: float,
        *,
        stop_requested: bool,
        escalated: str | None = None,
        reason: str | None = None,
    ) -> None:
        if reason:
            outcome = "stopped" if stop_requested else "failed"
            self.events.write("end", outcome=outcome, reason=reason)
        record = {
            "attempt": self.attempt,
            "code": code,
            "signal": signal_name(code),
            "stop_requested": stop_requested,
            "escalated": escalated,
            "reason": reason,
            "ended": time.time(),
            "seconds": round(time.monotonic() - began, 3),
        }
        self._write(self.run.exit_record(self.attempt), record)

    def _write(self, path: Path, record: Mapping[str, object]) -> None:
        # A full disk must not end a training that still runs.
        try:
            write_record(path, record)
        except OSError as error:
            tell(f"{path.name} could not be written: {error}")


def looked(monitor: Monitor | None) -> Monitor | None:
    """Read the machine; an error ends the readings and never the training that they are of."""
    try:
        if monitor:
            monitor.look()
    except Exception:
        traceback.print_exc()
        tell("The machine is not watched any more; the training goes on.")
        return None
    return monitor


def signal_name(code: int | None) -> str | None:
    """The signal that an exit code of subprocess stands for; real-time ones have but a number."""
    if code is None or code >= 0:
        return None
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


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
    parser.add_argument("--trainer", type=json.loads, help="a JSON list")
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
    step_back(NICENESS)
    adopt_orphans()
    Supervisor(run, held, attempt, options.trainer, options.exporter, grace_seconds()).supervise()
    return 0


if __name__ == "__main__":
    sys.exit(main())
