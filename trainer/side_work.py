"""How a child process that makes one file for the app behaves: it stands back, and says what went
wrong in a sentence."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

NICENESS = 10


def stand_back() -> None:
    """Let others go first: somebody may be looking at the app, or training, meanwhile."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def exit_code(work: Callable[[], None], what: str) -> int:
    """0 once the work is done; 1 where it cannot be, with one sentence on stderr.

    ValueError is what a bundle, a text or a setting that fits nothing raises, OSError a disk that
    takes no more: `what` then names what "cannot be written".
    """
    try:
        work()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{what} cannot be written: {error.strerror or error}.", file=sys.stderr)
        return 1
    return 0
