"""What starts the trainer of an attempt: a process here, torchrun for several, SLURM for a job."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Any, Protocol

from trainer.child import end_family, spawn
from trainer.folder import Run
from trainer.records import boot_id, process_start

# -P: a folder named `trainer` in the person's working directory must not be taken for ours.
PYTHON = (sys.executable, "-P", "-m")
COMMANDS = {
    "local": (*PYTHON, "trainer.train"),
    "torchrun": (*PYTHON, "trainer.torchrun"),
}
RENDEZVOUS = "rendezvous.json"  # in the run's folder: where its machines meet
AGAIN = 75  # exit code of a trainer that wants to be started again (EX_TEMPFAIL of sysexits.h)


class Child(Protocol):
    """A trainer that was started, wherever it runs. A negative `returncode` is a signal's."""

    returncode: int | None

    def poll(self) -> int | None:
        """Its exit code, None as long as it lives."""

    def wants_again(self) -> bool:
        """Whether, having ended, it is to be started once more as the next attempt."""

    def terminate(self) -> None:
        """SIGTERM."""

    def kill(self) -> None:
        """SIGKILL, to all that it has started too."""

    def record(self) -> dict[str, Any]:
        """What it can be found by later."""


class LocalChild:
    """A process of this machine, with those that it starts."""

    def __init__(self, command: Sequence[str], run: Run, keep: Sequence[int]) -> None:
        """Start it; raises OSError. `keep`: descriptors that it inherits."""
        self.process = spawn(command, run.log, keep=keep)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        self.returncode = self.process.poll()
        return self.returncode

    def wants_again(self) -> bool:
        return self.returncode == AGAIN

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        end_family(self.process.pid)

    def record(self) -> dict[str, Any]:
        return {"pid": self.process.pid, "start_time": process_start(self.process.pid)}


def start(
    run: Run, attempt: int, keep: Sequence[int], command: Sequence[str] | None = None
) -> Child:
    """Start an attempt with the engine of its run, or with a `command` of the caller's.

    Raises OSError where it cannot be started.
    """
    engine = run.config.get("engine", "local")
    if command is None and engine == "slurm":
        from trainer.slurm import submit

        return submit(run, attempt)
    arguments = [str(run.path), "--attempt", str(attempt)]
    return LocalChild([*(command or COMMANDS[engine]), *arguments], run, keep)


def supervisor_record() -> dict[str, Any]:
    """What the process that started it is found by."""
    pid = os.getpid()
    return {
        "supervisor_pid": pid,
        "supervisor_start_time": process_start(pid),
        "boot_id": boot_id(),
        "host": socket.gethostname(),
    }
