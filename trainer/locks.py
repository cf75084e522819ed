"""Advisory file locks (flock): the one truth about who lives.

The lock belongs to the open file, not to the process: it passes to a child together with the
descriptor, and the kernel frees it when the last holder is gone, however it went. Windows has no
flock: runs can be looked at there, and none lives.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from trainer.folder import RunError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_CLOSED_IN_CHILDREN = getattr(os, "O_CLOEXEC", 0)  # what Windows does anyway


def check_system() -> None:
    """Raise RunError where runs cannot be started, because the system has no flock."""
    if fcntl is None:
        raise RunError("Training needs Linux or macOS: on Windows, start Dawn inside WSL to train.")


def take_lock(path: Path, patience: float = 0.25) -> int | None:
    """Take the exclusive lock on `path`; the open descriptor, or None when somebody has it.

    A probe (`is_locked`) holds a shared lock for some microseconds, so a refusal counts only
    after `patience` seconds. Raises OSError when the file cannot be made, RunError on Windows.
    """
    check_system()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _CLOSED_IN_CHILDREN, 0o644)
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                return None
            time.sleep(0.01)
        except OSError:  # a file system without locks
            os.close(descriptor)
            raise


def is_locked(path: Path) -> bool:
    """Whether somebody holds the exclusive lock on `path`; changes nothing."""
    if fcntl is None:
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY | _CLOSED_IN_CHILDREN)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks: nobody holds one there
        return False
    finally:
        os.close(descriptor)
    return False
