"""Runs posed as if supervisor and trainer had been there, with neither of them started."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any

from trainer.events import EventWriter
from trainer.records import write_record
from trainer.runs import Run

CONFIG = {"preset": "nano", "seed": 7, "device": "cpu", "rate": 0.0}
Hold = Callable[..., IO[bytes]]  # `hold(run, attempt=1)`: run.lock, to be closed
Running = Callable[..., Run]  # `running(name="it", **process)`


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
