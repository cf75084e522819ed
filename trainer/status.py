"""How a run stands: a pure function of its folder.

Nobody stores "running". The lock says who lives; the records of the supervisor and the last events
say how far a run came and how it ended.
"""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, replace
from typing import Any

from trainer.event_format import last_of_kind
from trainer.events import Event, event_file, last_events
from trainer.folder import Run
from trainer.line import place_in_line
from trainer.locks import is_locked
from trainer.records import boot_id, process_lives, read_record
from trainer.slurm import waits_for

_CHATTY = 5.0  # seconds of silence that nobody asks about


@dataclass(frozen=True)
class Status:
    """How a run stands. `place` is its place in line while queued, 1 = next.

    `quiet` are the seconds since a running one was last heard, `promised` those that it said it
    might be silent; None where nobody can tell.
    """

    state: str  # queued, running, stopping, finished, stopped, failed, lost
    reason: str
    attempt: int
    phase: str | None = None
    step: int | None = None
    place: int | None = None
    quiet: float | None = None
    promised: float | None = None

    @property
    def stalled(self) -> bool:
        """Whether it is silent for longer than it said: a guess, and never the end of a run."""
        return self.quiet is not None and self.promised is not None and self.quiet > self.promised

    @property
    def alive(self) -> bool:
        return self.state in ("queued", "running", "stopping")


def current_attempt(run: Run) -> int:
    """The number of the newest attempt, 0 before the first."""
    digits = "[0-9]" * 4
    records = [*run.path.glob(f"proc-{digits}.json"), *run.path.glob(f"exit-{digits}.json")]
    return max([_locked_attempt(run), *(int(path.stem[-4:]) for path in records)])


def _locked_attempt(run: Run) -> int:
    try:
        return int(run.lock.read_text(encoding="ascii") or 0)
    except (OSError, ValueError):
        return 0


def status(run: Run) -> Status:
    """How the run stands now: a function of its folder (and of the line beside it) alone."""
    found = _status(run)
    # A resume may take the lock between the look at it and the look at the records.
    return _status(run) if found.state == "lost" and is_locked(run.lock) else found


def _status(run: Run) -> Status:
    alive = is_locked(run.lock)  # first: what it guards is written before it is let go
    attempt = current_attempt(run)
    if alive:
        return _living(run, attempt)
    if run.problem:
        return Status("failed", run.problem, attempt)
    if attempt == 0:
        return Status("stopped", "It was prepared and never started.", 0)
    progress = _progress(run, attempt)
    state, reason = _ending(run, attempt, progress.end)
    return Status(state, reason, attempt, progress.phase, progress.step)


def _living(run: Run, attempt: int) -> Status:
    progress = _progress(run, attempt)
    asked = next((w for w in ("stop", "finish") if (run.control / w).exists()), None)
    process = read_record(run.process_record(attempt)) or {}
    if asked:
        reason = "Asked to stop." if asked == "stop" else "Asked to finish."
        return Status("stopping", reason, attempt, progress.phase, progress.step)
    if (job := process.get("job")) and (why := waits_for(run, job)):
        return Status("queued", f"Job {job} waits for SLURM: {why}.", attempt, None, progress.step)
    if run.process_record(attempt).exists():
        reason = f"In the phase {progress.phase!r}." if progress.phase else "Starting."
        stands = Status(
            "running", reason, attempt, progress.phase, progress.step, None, *_silence(run, attempt)
        )
        if stands.stalled:
            said = f"quiet for {stands.quiet:.0f} s (promised {stands.promised:.0f})"
            return replace(stands, reason=f"Stalled? In the phase {progress.phase!r}, {said}.")
        return stands
    place = place_in_line(run.path)
    if place is None or (place.number == 1 and not place.busy):
        return Status("queued", "About to start.", attempt, None, progress.step)
    reason = f"Waiting for the {place.device.upper()}: place {place.number} in line."
    return Status("queued", reason, attempt, None, progress.step, place.number)


def _ending(run: Run, attempt: int, end: Event | None) -> tuple[str, str]:
    """State and reason of an attempt whose lock is free."""
    ended = read_record(run.exit_record(attempt))
    if ended is None:
        process = read_record(run.process_record(attempt))
        if end is None or end.attempt != attempt or (process and process_lives(process)):
            return "lost", _why_lost(process)
        ended = {"code": 0}  # its supervisor left no word, but the trainer did
    if ended.get("reason"):  # the trainer never ran
        return ("stopped" if ended.get("stop_requested") else "failed"), str(ended["reason"])
    outcome = end.fields.get("outcome") if end else None
    said = str(end.fields.get("reason") or "") if end else ""
    # What SLURM ends counts as ended by a signal, also where it stopped in good order before.
    in_order = ended.get("code") == 0 or ended.get("signal") == "SIGTERM"
    if in_order and outcome in ("finished", "stopped", "failed"):
        return outcome, said or f"The trainer said that it {outcome}."
    if ended.get("escalated"):
        return "stopped", "It did not react to the request to stop and was ended; see log.txt."
    if ended.get("code") == 0:
        return "failed", "The trainer went away without saying how it ended; see log.txt."
    if outcome == "failed" and said:
        return "failed", said
    if name := ended.get("signal"):
        hint = " (often the machine's memory was full)" if name == "SIGKILL" else ""
        return "failed", f"The trainer was ended by {name}{hint}."
    return "failed", f"The trainer ended with code {ended.get('code')}; log.txt says why."


def _silence(run: Run, attempt: int) -> tuple[float | None, float | None]:
    """Seconds since the attempt was last heard, and those that it promised at most.

    On the clock that all processes of this start of the machine share: no jump of the time of day
    makes a run look stalled.
    """
    process = read_record(run.process_record(attempt)) or {}
    elsewhere = process.get("boot_id") != boot_id() or process.get("host") != socket.gethostname()
    if elsewhere or process.get("job"):
        return None, None
    files = [event_file(run.events, attempt, source) for source in ("", "supervisor")]
    heard = max((e.mono for f in files if (e := next(last_events(f), None))), default=None)
    if heard is None:
        return None, None
    quiet = max(0.0, time.monotonic() - heard)
    if quiet < _CHATTY:
        return quiet, None
    phases = [phase for file in files if (phase := last_of_kind(file, "phase"))]
    newest = max(phases, key=lambda phase: phase.mono, default=None)
    expect = newest.fields.get("expect") if newest else None
    return quiet, float(expect) if isinstance(expect, int | float) else None


def _why_lost(process: dict[str, Any] | None) -> str:
    if process is None:
        return "Its supervisor went away before the training began."
    if job := process.get("job"):
        return f"Its supervisor went away; job {job} of SLURM may still train."
    if process.get("host") != socket.gethostname():
        return "It ran on another machine and left no word of its end."
    if process.get("boot_id") != boot_id():
        return "The machine was restarted while it ran."
    if process_lives(process):
        return "Its supervisor went away; the trainer is still ending."
    return "Its supervisor was ended from outside and left no word."


@dataclass(frozen=True)
class _Progress:
    phase: str | None
    step: int | None
    end: Event | None


def _progress(run: Run, attempt: int) -> _Progress:
    """Phase, step and end of an attempt; before its first step, the step of the one before it."""
    phase, end, newest = None, None, -1.0
    for source in ("", "supervisor"):
        for event in last_events(event_file(run.events, attempt, source)):
            if event.kind == "end" and end is None:
                end = event
            if event.phase is not None:
                if event.mono > newest:
                    phase, newest = event.phase, event.mono
                break
    for number in range(attempt, 0, -1):
        for event in last_events(event_file(run.events, number)):
            if event.kind == "resume" and isinstance(event.fields.get("from_step"), int):
                return _Progress(phase, event.fields["from_step"], end)
            if event.step is not None:
                return _Progress(phase, event.step, end)
    return _Progress(phase, None, end)
