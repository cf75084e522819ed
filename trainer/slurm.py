"""An attempt as a job of SLURM: submitit submits it, scontrol tells of it, scancel ends it.

The job is the trainer itself, a task for each rank. SLURM is told not to requeue it: a run that
has to give its place to others goes on as the next attempt, by its supervisor, in a job of its own.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from trainer.child import tell
from trainer.decided import read_decided
from trainer.engine_settings import sbatch_options
from trainer.engines import AGAIN
from trainer.folder import Run, RunError
from trainer.records import read_record, write_record

MISSING = "engine slurm needs {}: {}, or choose another engine."
JOB = "job.json"
WAITING = ("PENDING", "CONFIGURING", "REQUEUED", "RESV_DEL_HOLD", "SPECIAL_EXIT")
LIVING = (*WAITING, "RUNNING", "COMPLETING", "SUSPENDED", "SIGNALING", "STAGE_OUT", "STOPPED")
FIRST_POLL, LAST_POLL = 0.5, 10.0  # seconds between two looks, right after a change and long after
ASK_SECONDS = 30.0  # a controller that is away lets its clients wait
UNKNOWN_SECONDS = 60.0  # so long may a controller that was restarted not know its jobs
WARNING_SECONDS = 60  # before its time is over, a job is asked to stop
_FIELD = re.compile(r"(JobState|Reason|ExitCode|PreemptTime)=(\S+)")


def check_slurm() -> None:
    """Raise RunError where this machine cannot submit jobs."""
    if shutil.which("sbatch") is None:
        raise RunError(MISSING.format("a SLURM cluster", "this machine has no sbatch"))
    if importlib.util.find_spec("submitit") is None:
        how = "run `pip install -r requirements-slurm.txt`"
        raise RunError(MISSING.format("submitit", how))


def submit(run: Run, attempt: int) -> SlurmJob:
    """Submit the attempt. Raises RunError with what SLURM says against it."""
    check_slurm()
    import submitit

    folder = run.path / "slurm"
    executor = submitit.SlurmExecutor(folder, python=f"{shlex.quote(sys.executable)} -P")
    executor.update_parameters(**parameters(run))
    try:
        job = executor.submit(become_trainer, str(run.path), attempt)
    except (subprocess.CalledProcessError, submitit.core.utils.FailedJobError) as error:
        said = str(getattr(error, "stderr", None) or error).strip().splitlines()
        raise RunError(f"SLURM refused the job: {said[-1] if said else error}") from error
    return SlurmJob(job.job_id, folder / JOB)


def parameters(run: Run) -> dict[str, Any]:
    """What the job asks the cluster for, in submitit's words."""
    config = run.config
    log = str(run.log).replace("%", "%%")  # SLURM would put the job's number there
    wanted: dict[str, Any] = {
        "job_name": run.id,
        "time": config["minutes"],
        "nodes": config["nodes"],
        "ntasks_per_node": config["processes"],
        "stderr_to_stdout": True,
        # the first rank that fails ends the others; all of them write to the run's own log
        "srun_args": ["--kill-on-bad-exit=1", "--output", log, "--open-mode=append"],
    }
    more: dict[str, Any] = {"no-requeue": True, "signal": f"TERM@{WARNING_SECONDS}", "output": log}
    if config["partition"]:
        wanted["partition"] = config["partition"]
    if config["threads"]:
        wanted["cpus_per_task"] = config["threads"] + config["workers"]
    if config["device"] == "cuda":
        wanted["gpus_per_node"] = config["processes"]
    more |= sbatch_options(config["sbatch"])
    return {**wanted, "additional_parameters": more}


def become_trainer(folder: str, attempt: int) -> None:
    """What the job runs: submitit's process turns into the trainer, and nothing of it is left."""
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    arguments = ["-P", "-m", "trainer.train", folder, "--attempt", str(attempt)]
    os.execv(sys.executable, [sys.executable, *arguments])


class SlurmJob:
    """A trainer that runs, or waits, as a job of SLURM. `file` keeps how it was last seen."""

    def __init__(self, job: str, file: Path) -> None:
        self.job, self.file = job, file
        self.returncode: int | None = None
        self.told: dict[str, str] = {}
        self.kept: dict[str, str] = {}  # of what was told, that which is in the file
        self.parts = self._parts()
        self.changed = self.known = time.monotonic()
        self.looked = 0.0
        self._look()

    def poll(self) -> int | None:
        """Its exit code, None as long as it lives; SLURM is asked ever less often."""
        now = time.monotonic()
        pause = min(LAST_POLL, FIRST_POLL + 0.1 * (now - self.changed))
        if self.returncode is None and now - self.looked >= pause:
            self._look()
        return self.returncode

    def wants_again(self) -> bool:
        """Whether it had to give its place to others, or asked for another start itself.

        The exit code of a rank that did so is lost where srun had to kill another, as it must one
        that waits for its GPU; what that rank decided is not.
        """
        if self.returncode is None:
            return False
        preempted = self.told.get("JobState") == "PREEMPTED" or "PreemptTime" in self.told
        halved = self.returncode != 0 and self._parts() > self.parts
        return self.returncode == AGAIN or preempted or halved

    def terminate(self) -> None:
        """SIGTERM to all ranks; a job that still waits is taken out of the line."""
        waits = self.told.get("JobState") in WAITING
        scancel(self.job) if waits else scancel("--signal=TERM", self.job)
        self.changed = time.monotonic()

    def kill(self) -> None:
        """End it; SLURM sends SIGTERM first, and SIGKILL after its KillWait."""
        scancel(self.job)
        self.changed = time.monotonic()

    def record(self) -> dict[str, Any]:
        return {"job": self.job, "pid": None, "start_time": None}

    def _look(self) -> None:
        now = self.looked = time.monotonic()
        told = look(self.job)
        if told is None:  # nobody answers
            self.known = now
            return
        if told:
            self.known = now
        elif now - self.known > UNKNOWN_SECONDS:
            self.returncode = 0  # it is forgotten: whether it ended well is in its events
            return
        if told and told != self.told:
            self.told, self.changed = told, now
        self._keep()
        if told and told["JobState"] not in LIVING:
            self.returncode = exit_code(told)

    def _parts(self) -> int:
        """Into how many parts the run cuts its batches, as was decided so far."""
        decided = read_decided(self.file.parents[1], {})
        return decided.parts if decided else 1

    def _keep(self) -> None:
        """Write how it was seen; a disk that is full now is asked again at the next look."""
        if self.kept == self.told:
            return
        with contextlib.suppress(OSError):
            write_record(self.file, {"job": self.job, **self.told})
            self.kept = self.told


def look(job: str) -> dict[str, str] | None:
    """What SLURM knows of a job, without what it leaves open: {} if nothing, None if it is away."""
    try:
        answer = subprocess.run(
            ["scontrol", "show", "job", job, "--oneliner"],
            capture_output=True,
            text=True,
            timeout=ASK_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if answer.returncode:
        return {} if "Invalid job id" in answer.stderr else None
    return {name: said for name, said in _FIELD.findall(answer.stdout) if said != "None"}


def exit_code(told: dict[str, str]) -> int:
    """How a job ended, as a child would have: its own code, or the negative number of a signal."""
    code, _, number = told.get("ExitCode", "0:0").partition(":")
    if told["JobState"] == "COMPLETED":
        return 0
    if told["JobState"] == "OUT_OF_MEMORY":
        return -signal.SIGKILL
    if int(number or 0):
        return -int(number)
    if int(code) > 128:  # a shell's way to tell of a signal
        return 128 - int(code)
    return int(code) or -signal.SIGTERM  # cancelled, pre-empted, out of time


def scancel(*arguments: str) -> None:
    """Ask SLURM to end or signal a job; one that has ended already is no mistake."""
    try:
        subprocess.run(["scancel", *arguments], capture_output=True, timeout=ASK_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        tell(f"scancel could not be asked ({error}).")


def waits_for(run: Run, job: str) -> str | None:
    """Why the job has not begun, in a few words; None once it has."""
    seen = read_record(run.path / "slurm" / JOB) or {}
    if seen.get("job") != job or seen.get("JobState") not in WAITING:
        return None
    return str(seen.get("Reason", "it has just come"))


def job_lives(job: str) -> bool:
    """Whether SLURM still has the job to do. Raises RunError where it cannot be asked."""
    told = look(job)
    if told is None:
        raise RunError(f"SLURM cannot be asked about job {job} now: try again in a moment.")
    return told.get("JobState") in LIVING
