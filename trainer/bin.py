"""The bin: a deleted run lies in runs/.bin/<id> until it is restored or the bin is emptied.

The run's lock is held while it moves, so no launch or resume comes in between.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer.ending import still_ending
from trainer.folder import ID, Run, RunError, checked_id, load_run, runs_folder, unwritable
from trainer.locks import take_lock
from trainer.status import current_attempt

NAME = ".bin"
_EMPTIED = ".emptied-"


def delete(run: Run) -> Path:
    """Move the run into the bin and return where it lies there.

    Raises RunError for a run that ships, while one lives or waits in line, or where the disk
    refuses.
    """
    if run.origin == "shipped":
        raise RunError(f"The run {run.id} comes with Dawn, so it cannot be deleted.")
    folder = run.path.parent / NAME
    with _held(run, "delete"):
        try:
            folder.mkdir(exist_ok=True)
            place = _free_place(folder, run.id)
            os.rename(run.path, place)
        except FileNotFoundError:
            raise RunError(f"The run {run.id} is not there any more.") from None
        except OSError as error:
            raise unwritable(folder, error) from error
    return place


def restore(run_id: str) -> Run:
    """Bring the run of that id back out of the bin, of several the one deleted last.

    Raises RunError when the bin has none, or another run has that id now.
    """
    found = [run for run in binned() if deleted_id(run) == checked_id(run_id)]
    if not found:
        raise RunError(f"There is no run named {run_id!r} in the bin: `bin` shows what is in it.")
    return bring_back(max(found, key=lambda run: _number(run.path)))


def bring_back(run: Run) -> Run:
    """One of the runs in the bin, out of it. Raises RunError where its id is taken now."""
    target = runs_folder() / deleted_id(run)
    with _held(run, "restore"):
        try:
            if os.path.lexists(target):
                raise RunError(f"There is another run named {target.name!r} now: delete it first.")
            os.rename(run.path, target)  # refused by the system where a run came meanwhile
        except OSError as error:
            raise unwritable(target, error) from error
    return load_run(target)


def binned() -> list[Run]:
    """The runs in the bin, the newest first; `deleted_id` says what each was called."""
    try:
        paths = list((runs_folder() / NAME).iterdir())
    except OSError:
        return []
    found = [load_run(path) for path in paths if ID.fullmatch(_id_of(path)) and path.is_dir()]
    return sorted(found, key=lambda run: (run.created, run.id), reverse=True)


def deleted_id(run: Run) -> str:
    """The id that a run in the bin had, and is restored by."""
    return _id_of(run.path)


def size(path: Path) -> int:
    """The bytes of all files in a folder; what goes away meanwhile does not count."""
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size
            except OSError:
                continue
    return total


def empty_bin() -> int:
    """Delete for good what is in the bin; the bytes that this freed. Raises RunError.

    The bin goes aside as a whole first, so nobody restores a run of which half is gone.
    """
    runs = runs_folder()
    try:
        if (runs / NAME).exists():
            os.rename(runs / NAME, Path(tempfile.mkdtemp(prefix=_EMPTIED, dir=runs)) / NAME)
        freed = 0
        for aside in runs.glob(f"{_EMPTIED}*"):  # also what an emptying that was killed left
            freed += size(aside)
            shutil.rmtree(aside)
    except OSError as error:
        raise unwritable(runs, error) from error
    return freed


@contextmanager
def _held(run: Run, verb: str) -> Iterator[None]:
    """The run's lock, which nobody may have."""
    try:
        descriptor = take_lock(run.lock)
    except FileNotFoundError:
        raise RunError(f"The run {run.id} is not there any more.") from None
    except OSError as error:
        raise unwritable(run.path, error) from error
    if descriptor is None:
        raise RunError(f"The run {run.id} has not ended yet: stop it before you {verb} it.")
    try:
        if still_ending(run, current_attempt(run)):
            raise RunError(f"The trainer of {run.id} is still ending: try again in a moment.")
        yield
    finally:
        os.close(descriptor)


def _free_place(folder: Path, run_id: str) -> Path:
    """<id>, and where the bin has that already <id>.2, <id>.3 and so on: no id has a dot."""
    taken = [_number(path) for path in folder.iterdir() if _id_of(path) == run_id]
    return folder / (f"{run_id}.{max(taken) + 1}" if taken else run_id)


def _id_of(path: Path) -> str:
    return path.name.partition(".")[0]


def _number(path: Path) -> int:
    number = path.name.partition(".")[2]
    return int(number) if number.isdecimal() else 1
