"""The supervisor's children: how they start, and that none of them outlives it."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_PR_SET_PDEATHSIG = 1
_AUTOGROUP = Path("/proc/self/autogroup")


def environment() -> dict[str, str]:
    """This process's environment, in which our own modules are found from every folder."""
    known = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    path = os.pathsep.join(dict.fromkeys([str(_ROOT), *filter(None, known)]))
    return {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


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
            print(f"The session's priority could not be lowered ({error}).", flush=True)


def end_group(pid: int) -> None:
    """SIGKILL to what is left of a child's process group."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


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
