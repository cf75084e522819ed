"""Runs as page and command line see them: make, find, list, ask, and how they stand."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trainer.ending import kill, what_is_lost
from trainer.folder import (
    ID,
    Run,
    RunError,
    checked_id,
    load_run,
    make_folder,
    new_id,
    runs_folder,
    shipped_folder,
    unwritable,
    write_spec,
)
from trainer.locks import is_locked
from trainer.status import Status, status

__all__ = [
    "REQUESTS",
    "Run",
    "RunError",
    "Status",
    "create_run",
    "kill",
    "list_runs",
    "load_run",
    "open_run",
    "request",
    "runs_folder",
    "status",
    "what_is_lost",
]

REQUESTS = ("stop", "finish", "save", "sample")


def create_run(
    config: Mapping[str, Any],
    argv: Sequence[str],
    *,
    run_id: str | None = None,
    data: Mapping[str, str] | None = None,
) -> Run:
    """Make a run folder and its spec; nothing is started.

    `config` must be JSON-serialisable; `data` maps a name to the sha256 of its text. Raises
    RunError when the folder exists or cannot be written.
    """
    run_id = checked_id(run_id) if run_id is not None else new_id(config)
    try:
        path = make_folder(run_id)
    except FileExistsError:
        raise RunError(f"There is a run named {run_id!r} already: choose another name.") from None
    return write_spec(path, config, argv, data)


def open_run(run_id: str, folder: Path | None = None) -> Run:
    """The run of that id, a person's own before one that ships. Raises RunError."""
    places = (folder,) if folder else (runs_folder(), shipped_folder())
    for path in (place / checked_id(run_id) for place in places):
        if _is_run(path):
            return load_run(path)
    raise RunError(f"There is no run named {run_id!r}: `python -m trainer list` shows them.")


def list_runs(folder: Path | None = None) -> list[Run]:
    """All runs, the newest first, then those that ship; folders that are no runs are passed over.

    `folder` asks for the runs in it alone.
    """
    found = _runs_in(folder or runs_folder())
    own = {run.id for run in found}
    shipped = [] if folder else _runs_in(shipped_folder())
    return [*found, *(run for run in shipped if run.id not in own)]


def _runs_in(folder: Path) -> list[Run]:
    try:
        paths = list(folder.iterdir())
    except OSError:
        return []
    found = [load_run(p) for p in paths if ID.fullmatch(p.name) and _is_run(p)]
    return sorted(found, key=lambda run: (run.created, run.id), reverse=True)


def request(run: Run, what: str) -> None:
    """Ask a living run to stop, finish, save or sample. Raises RunError when it cannot hear.

    `stop` and `finish` stay until the run has ended; the trainer removes `save` and `sample` when
    it has done them.
    """
    if what not in REQUESTS:
        raise RunError(f"A run can be asked to {', '.join(REQUESTS)}; {what!r} is none of these.")
    if not is_locked(run.lock):
        raise RunError(f"The run {run.id} does not run any more, so it cannot be asked to {what}.")
    try:
        run.control.mkdir(exist_ok=True)
        (run.control / what).touch()
    except OSError as error:
        raise unwritable(run.control, error) from error


def _is_run(path: Path) -> bool:
    # os.path: False, not an error, for a folder that may not be read
    return os.path.exists(path / "spec.json") or os.path.isdir(path / "events")
