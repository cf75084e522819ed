"""What is put on record of an attempt: its number, the trainer that was started, how it ended.

The number stands in run.lock, where `status` looks for it. proc-0001.json, exit-0001.json and
events/0001-supervisor.jsonl have one writer, the supervisor.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

from trainer.child import tell
from trainer.engines import Child, supervisor_record
from trainer.events import EventWriter, event_file, last_events
from trainer.folder import Run
from trainer.records import write_record


def name_attempt(lock: int, number: int) -> None:
    """Enter the number of the attempt into run.lock. lock: its descriptor, held."""
    os.pwrite(lock, f"{number:04d}\n".encode("ascii"), 0)


class Attempt:
    """One attempt, as its supervisor tells of it."""

    def __init__(self, run: Run, lock: int, number: int) -> None:
        """Begin it. lock: the descriptor of run.lock, held."""
        self.run, self.number = run, number
        name_attempt(lock, number)
        self.events = EventWriter(run.events, number, source="supervisor")

    @property
    def ended(self) -> bool:
        """Whether its end is on record."""
        return self.run.exit_record(self.number).exists()

    @property
    def finished(self) -> bool:
        """Whether the trainer came to its end before its place was taken from it."""
        newest = next(last_events(event_file(self.run.events, self.number)), None)
        return newest is not None and newest.fields.get("outcome") == "finished"

    def record_start(self, child: Child, device: str | None) -> None:
        """The trainer was started. device: the one that it holds, None for a job of SLURM."""
        record = {
            "attempt": self.number,
            **child.record(),
            **supervisor_record(),
            "engine": self.run.spec.get("engine"),
            "device": device,
            "began": time.time(),
        }
        self._write(self.run.process_record(self.number), record)

    def record_end(
        self,
        code: int | None,
        *,
        seconds: float = 0.0,
        stop_requested: bool,
        escalated: str | None = None,
        reason: str | None = None,
    ) -> None:
        """The trainer ended after so many seconds, or never began.

        code: as subprocess tells it, None without a trainer. escalated: the last signal that a stop
        was insisted on with. reason: for a person, where the trainer left no word.
        """
        if reason:
            outcome = "stopped" if stop_requested else "failed"
            self.events.write("end", outcome=outcome, reason=reason)
        record = {
            "attempt": self.number,
            "code": code,
            "signal": signal_name(code),
            "stop_requested": stop_requested,
            "escalated": escalated,
            "reason": reason,
            "ended": time.time(),
            "seconds": round(seconds, 3),
        }
        self._write(self.run.exit_record(self.number), record)

    def _write(self, path: Path, record: Mapping[str, object]) -> None:
        # A full disk must not end a training that still runs.
        try:
            write_record(path, record)
        except OSError as error:
            tell(f"{path.name} could not be written: {error}")


def signal_name(code: int | None) -> str | None:
    """The signal that an exit code of subprocess stands for; real-time ones have but a number."""
    if code is None or code >= 0:
        return None
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
