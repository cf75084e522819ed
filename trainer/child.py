"""The supervisor's children: how they start, and that none of them outlives it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from trainer.records import process_stat

NICENESS = 10
_ROOT = Path(__file__).resolve().parents[1]
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_AUTOGROUP = Path("/proc/self/autogroup")
# What launchers and clusters tell their processes: a run that is started from inside of one is
# still a run of its own.
_OTHERS = re.compile(
    r"SLURM_(?!CONF$)\w+|(SLURMD|SBATCH|SRUN|SUBMITIT|PMI|PMIX|OMPI|TORCHELASTIC|GROUP|ROLE)_\w+"
    r"|(LOCAL_|NODE_)?RANK|(LOCAL_)?WORLD_SIZE|MASTER_(ADDR|PORT)|JSM_NAMESPACE_\w+"
)


def environment() -> dict[str, str]:
    """This process's environment, in which our own modules are found from every folder.

    Without what another launcher said of its own processes.
    """
    known = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    path = os.pathsep.join(dict.fromkeys([str(_ROOT), *filter(None, known)]))
    ours = {name: value for name, value in os.environ.items() if not _OTHERS.fullmatch(name)}
    return {**ours, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


def spawn(command: Sequence[str], log: Path, keep: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """Start `command` in a process group of its own, its output added to `log`.

    keep: descriptors that it inherits; a lock is held until the last holder is gone. Only for a
    process with a single thread: a request to the kernel is made between fork and exec.
    Raises OSError when the program cannot be started.
    """
    with open(log, "ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment(),
            pass_fds=keep,
            process_group=0,
            preexec_fn=_dies_with(os.getpid()),
        )


def step_back(niceness: int) -> None:
    """Give the processor to others first: this process at `niceness`, and its whole session.

    Where the kernel groups processes by session (autogroup, sched(7)), nice weighs only inside a
    session, so the group's own value is set too; by the session's leader alone, for the others in
    it were not asked.
    """
    os.nice(max(0, niceness - os.nice(0)))
    if os.getsid(0) != os.getpid():
        return
    try:
        _AUTOGROUP.write_text(str(niceness), encoding="ascii")
    except OSError as error:
        if _AUTOGROUP.exists():
            tell(f"The session's priority could not be lowered ({error}).")


def tell(message: str) -> None:
    """Write a line into the log; where it lies on a full disk, there is nobody left to tell."""
    with contextlib.suppress(OSError):
        print(message, flush=True)


def end_family(pid: int) -> None:
    """SIGKILL to a process, to all below it, and to what is left of its group."""
    family = descendants(pid)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    for member in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)


def end_orphans() -> None:
    """SIGKILL to all below this process: what a child left behind, if `adopt_orphans` was called"""
    for member in descendants(os.getpid()):
        with contextlib.suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    """The living processes below `pid`, its children first; none outside Linux."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        stat = process_stat(int(folder.name))
        if stat is not None and stat[0] != "Z":
            children.setdefault(int(stat[1]), []).append(int(folder.name))
    found, waiting = [], [pid]
    while waiting:
        below = children.get(waiting.pop(0), [])
        found += below
        waiting += below
    return found


def adopt_orphans() -> None:
    """What a child leaves behind becomes a child of this process, not of the system's first."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def follow_parent() -> None:
    """From now on the kernel sends this process SIGTERM when the one that started it dies."""
    if ask_for_signal := _dies_with(os.getppid()):
        ask_for_signal()


def _dies_with(parent: int) -> Callable[[], None] | None:
    """What a child does first so that the kernel sends it SIGTERM when `parent` dies."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask_for_signal() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != parent:  # it died before the request
            os._exit(1)

    return ask_for_signal
