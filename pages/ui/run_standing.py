"""Which runs there are and how they stand, found out once for all sessions that ask together."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, NamedTuple

from trainer.folder import Run, runs_folder, shipped_folder
from trainer.locks import is_locked
from trainer.runs import Status, list_runs, status

SHARED = 0.5
"""Seconds in which all sessions are told the same, where no file says otherwise."""


class _Known(NamedTuple):
    stamp: object
    until: float
    answer: Any


_known: dict[Hashable, _Known] = {}
_asking = threading.Lock()


def known_status(run: Run) -> Status:
    """`status(run)`, asked again only where it can have changed.

    A run that lives is asked again when a file of it has changed, and twice a second. One that
    ended stays as it is until another attempt takes its lock and writes into its folder: for a list
    of hundreds that is the difference between a second and some hundredths of it.
    """

    def passes(state: Status) -> bool:  # what was lost may still be ending
        return state.alive or state.state == "lost"

    files = tuple(map(_stamp, (run.path, run.lock, run.control)))
    stamp = (run.problem, is_locked(run.lock), events_stamp(run.events), files)
    found: Status = _once(run.path, stamp, lambda: status(run), passes)
    return found


def known_runs() -> list[Run]:
    """`list_runs()`, read once for all sessions that ask together; never change it."""
    folders = (runs_folder(), shipped_folder())
    found: list[Run] = _once(folders, tuple(map(_stamp, folders)), list_runs, lambda runs: True)
    return found


def events_stamp(folder: Path) -> object:
    """What changes when events are added there."""
    try:
        with os.scandir(folder) as files:
            return {file.name: file.stat().st_size for file in files}
    except OSError:
        return None


def _stamp(path: Path) -> object:
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_ino, about.st_mtime_ns


def _once(
    what: Hashable, stamp: object, ask: Callable[[], Any], passes: Callable[[Any], bool]
) -> Any:
    """The answer to this stamp: the one that is known, or asked for now. One that `passes` is known
    for a moment alone. The stamp is older than the answer: a change in between is seen next time.
    """
    with _asking:
        found = _known.get(what)
        if found is None or found.stamp != stamp or found.until < time.monotonic():
            answer = ask()
            until = time.monotonic() + SHARED if passes(answer) else math.inf
            _known[what] = found = _Known(stamp, until, answer)
        return found.answer
