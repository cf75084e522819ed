"""`python -m trainer.supervise runs/<id>`: sees one attempt of a run through.

It holds run.lock as long as the run lives, waits in line for the device, starts the trainer,
passes a stop on and insists on it, records how the trainer ended, and exports what was learned.
A trainer that asks to be started again is, as the next attempt: its memory was full, or its
cluster had to give its place to others.
The trainer gets SIGTERM from the kernel when the supervisor dies, and holds the device as long as
it lives: no other run starts beside a trainer that does not react.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from trainer.attempt import Attempt
from trainer.checkpoints import what_is_saved
from trainer.child import NICENESS, adopt_orphans, end_orphans, step_back, tell
from trainer.engines import PYTHON, Child, start
from trainer.exporting import export_run
from trainer.folder import Run, RunError, load_run
from trainer.insistence import Insistence, grace_seconds
from trainer.line import device_of, wait_for_device
from trainer.locks import take_lock
from trainer.machine import Monitor
from trainer.status import current_attempt

EXPORTER = (*PYTHON, "trainer.export")
_TICK = 0.1


class Supervisor:
    """An attempt, from the waiting line to the exported bundle, and those that it asks for."""

    def __init__(
        self,
        run: Run,
        lock: int,
        number: int,
        trainer: Sequence[str] | None,
        exporter: Sequence[str],
        grace: float,
    ) -> None:
        """Begin an attempt.

        lock: the descriptor of run.lock, which it holds. number: of the attempt. trainer: None for
        the engine's own. grace: seconds from a request to stop to SIGTERM.
        """
        self.run, self.lock = run, lock
        self.trainer, self.exporter = trainer, exporter
        self.grace = grace
        self.device = device_of(run.config)
        self.terminated = self.stopped = False
        self.child: Child | None = None
        self.attempt = Attempt(run, lock, number)

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
            lock = wait_for_device(self.run.path, self.device, self._end_requested)
            if lock is None:
                reason = "It was stopped while it waited in line."
                self.attempt.record_end(None, stop_requested=True, reason=reason)
                return
            held.append(lock)
        try:
            child = trained = self._train(held)
            while child and child.wants_again() and not (self.stopped or self.attempt.finished):
                self.attempt = Attempt(self.run, self.lock, self.attempt.number + 1)
                child = self._train(held)
        finally:
            for lock in held:
                os.close(lock)
        if trained and any(self.run.checkpoints.glob("*.ckpt")):
            self.terminated = False
            export_run(self.run, self.exporter, self.attempt.events, lambda: self.terminated)

    def _give_up(self, error: Exception) -> None:
        """After an error of its own: no trainer is left alone, no run without a word."""
        if self.child and self.child.poll() is None:
            self.child.kill()
            while self.child.poll() is None:
                time.sleep(_TICK)
        said = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        if self.attempt.ended:
            self.attempt.events.write("alert", message=f"The supervisor could not go on ({said}).")
            return
        reason = f"Its supervisor could not go on ({said}); see log.txt, then resume it."
        code = self.child.returncode if self.child else None
        self.attempt.record_end(code, stop_requested=False, reason=reason)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.terminated = True

    def _stop_requested(self) -> bool:
        """Whether it is asked to stop; a signal becomes the file that the trainer looks for."""
        stop = self.run.control / "stop"
        if self.terminated and not stop.exists():
            try:
                self.run.control.mkdir(exist_ok=True)
                stop.touch()
            except OSError as error:
                tell(f"The request to stop could not be written: {error}")
        return self.terminated or stop.exists()

    def _end_requested(self) -> bool:
        """Whether it is asked to stop, or to finish: the same thing before it trains."""
        return self._stop_requested() or (self.run.control / "finish").exists()

    def _train(self, held: Sequence[int]) -> Child | None:
        """See a trainer through, which holds the device too; None where it could not be started."""
        began = time.monotonic()
        try:
            self.child = child = start(self.run, self.attempt.number, held, self.trainer)
        except (OSError, RunError) as error:
            why = f"The trainer could not be started: {str(error).rstrip('.')}."
            seconds = time.monotonic() - began
            self.attempt.record_end(127, seconds=seconds, stop_requested=False, reason=why)
            return None
        self.attempt.record_start(child, self.device)
        insistence = self._attend(child)
        end_orphans()
        self.stopped = self._stop_requested()  # asked once: what is recorded is what is done
        reason = insistence.last_word()
        if child.wants_again() and self.stopped:  # so it said, but it is not started again
            reason = f"It was stopped; {what_is_saved(self.run.checkpoints)}."
        self.attempt.record_end(
            child.returncode,
            seconds=time.monotonic() - began,
            stop_requested=self.stopped or (self.run.control / "finish").exists(),
            escalated=insistence.sent,
            reason=reason,
        )
        return child

    def _attend(self, child: Child) -> Insistence:
        """Wait for the trainer's end; with what a stop had to be insisted on."""
        insistence = Insistence(child, self.run, self.attempt.number, self.grace)
        monitor = Monitor(self.run, self.attempt.number, os.getpid())
        watched: Monitor | None = monitor if self.device else None
        kill = self.run.control / "kill"
        while child.poll() is None:
            watched = looked(watched)
            stop = self._stop_requested()
            insistence.insist(time.monotonic(), stop=stop, kill=stop and kill.exists())
            time.sleep(_TICK)
        monitor.close()
        return insistence


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
    number = current_attempt(run)
    if options.lock_fd is None:
        number += 1
    step_back(NICENESS)
    adopt_orphans()
    Supervisor(run, held, number, options.trainer, options.exporter, grace_seconds()).supervise()
    return 0


if __name__ == "__main__":
    sys.exit(main())
