"""The hard end of a run: what it would cost, and how it is brought about."""

from __future__ import annotations

import os
import signal
import time

from trainer.checkpoints import listed_checkpoints
from trainer.child import end_family
from trainer.folder import Run, RunError, unwritable
from trainer.locks import is_locked
from trainer.records import process_lives, read_record
from trainer.slurm import job_lives, scancel
from trainer.status import current_attempt, status

_TICK = 0.05


def what_is_lost(run: Run) -> str:
    """What a kill would cost now, in one sentence."""
    saved = next((listed.step for listed in listed_checkpoints(run.checkpoints)), 0)
    lost = (status(run).step or 0) - saved
    if lost <= 0:
        why = f"step {saved:,} is saved" if saved else "it has not trained a step yet"
        return f"Nothing is lost: {why}."
    steps = "one step" if lost == 1 else f"{lost:,} steps"
    if not saved:
        return f"All it has learned is lost, {steps}: nothing is saved yet."
    return f"What it learned since step {saved:,} was saved is lost: {steps}."


def kill(run: Run, patience: float = 3.0) -> None:
    """End a run now, without the save that a stop makes; `what_is_lost` says what that costs.

    Its supervisor is asked, who puts the end on record. One that does not react in `patience`
    seconds, or is gone while its trainer lives, is passed over: SIGKILL, to the processes of the
    run's record and to no others that were given their numbers since. A job of SLURM is ended by
    SLURM, which takes its time: whoever waits for that may go on doing so. Raises RunError where
    nothing lives.
    """
    attempt = current_attempt(run)
    process = read_record(run.process_record(attempt)) or {}
    supervised = is_locked(run.lock)
    if not supervised and not still_ending(run, attempt):
        raise RunError(f"The run {run.id} does not run any more, so there is nothing to kill.")
    if supervised:
        try:
            run.control.mkdir(exist_ok=True)
            for name in ("stop", "kill"):
                (run.control / name).touch()
        except OSError as error:
            raise unwritable(run.control, error) from error
        deadline = time.monotonic() + patience
        while is_locked(run.lock) and time.monotonic() < deadline:
            if run.exit_record(current_attempt(run)).exists():
                return  # what goes on is the export of what is saved
            time.sleep(_TICK)
    if job := process.get("job"):
        scancel(job)
        return
    if process_lives(process):
        end_family(process["pid"])
    if is_locked(run.lock) and process_lives(process, "supervisor_"):
        os.kill(process["supervisor_pid"], signal.SIGKILL)


def still_ending(run: Run, attempt: int) -> bool:
    """Whether a trainer lives, here or as a job, whose end nobody has put on record.

    Raises RunError where SLURM cannot be asked.
    """
    if run.exit_record(attempt).exists():
        return False
    process = read_record(run.process_record(attempt)) or {}
    job = process.get("job")
    return job_lives(job) if isinstance(job, str) else process_lives(process)
