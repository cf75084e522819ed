"""A run out of a zip that somebody shared: checked file by file, read-only, and nothing in it run.

It lies beside the others as a run folder with `imported.json` in it; how it stands is read from
its records, as for any run.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO

from trainer.archive import (
    ENTRY,
    FORMAT,
    MANIFEST,
    MOST_BYTES,
    MOST_FILES,
    MOST_RECORD,
    RECORDS,
    SCHEMA,
    belongs,
)
from trainer.folder import (
    IMPORTED,
    Run,
    RunError,
    checked_id,
    load_run,
    make_folder,
    runs_folder,
    unwritable,
)
from trainer.records import write_record
from trainer.soundness import Unsound, record_of, sound, tells_its_data

_MOST_ENTRIES = 20 * MOST_FILES  # a file of arrays is a zip too, with entries of its own
_CHUNK = 1 << 20
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


def unpack(source: Path | BinaryIO, run_id: str | None = None) -> Run:
    """Import the run in a zip under its own id, or `run_id`. Raises RunError, and leaves nothing.

    Refused: an id that is taken, and any zip that `pack` would not have written.
    """
    name = source.name if isinstance(source, Path) else "The file"
    try:
        if isinstance(source, Path):
            with open(source, "rb") as file:
                return _unpack(file, name, run_id)
        return _unpack(source, name, run_id)
    except FileNotFoundError:
        raise RunError(f"There is no file {source}: name the zip of a run.") from None
    except OSError as error:
        raise RunError(f"{name} cannot be unpacked ({error.strerror or error}).") from error


def _unpack(file: BinaryIO, name: str, run_id: str | None) -> Run:
    _check_length(file, name)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = _checked_entries(archive, name)
            manifest = _manifest(archive, entries, name)
            run_id = checked_id(run_id or manifest["id"])
            return _keep(archive, entries, name, run_id, manifest)
    except RunError:
        raise
    except _UNREADABLE as error:
        raise RunError(f"{name} is no zip that can be read: ask for it again.") from error


def _check_length(file: BinaryIO, name: str) -> None:
    """Count the zip's entries before the list of them is read into memory."""
    entries = size = 0
    file.seek(0)
    while chunk := file.read(_CHUNK):
        entries += chunk.count(ENTRY)
        size += len(chunk)
        if entries > _MOST_ENTRIES or size > MOST_BYTES:
            raise RunError(f"{name} holds more than a run does: it is not unpacked.")
    file.seek(0)


def _checked_entries(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    """The zip's files, every one with a name that a run's file has."""
    entries = [entry for entry in archive.infolist() if not _is_folder_of_ours(entry)]
    if MANIFEST not in {entry.filename for entry in entries}:
        raise RunError(f"{name} is not the zip of a run: `python -m trainer pack` makes one.")
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise RunError(f"{name} holds more than a run does: it is not unpacked.")
    if len({entry.filename for entry in entries}) < len(entries):
        raise RunError(f"{name} holds two files of one name: it is not unpacked.")
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if not belongs(entry.filename) or kind not in (0, stat.S_IFREG):
            shown = ascii(entry.filename[:60])
            raise RunError(f"{name} holds {shown}, which is no file of a run: it is not unpacked.")
    return entries


def _is_folder_of_ours(entry: zipfile.ZipInfo) -> bool:
    """Whether it is one of the empty entries that other programs write for folders."""
    return entry.filename in ("events/", "export/", "snapshots/") and not entry.file_size


def _manifest(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], name: str
) -> dict[str, Any]:
    entry = next(entry for entry in entries if entry.filename == MANIFEST)
    manifest = record_of(_sound(archive, entry, name))
    if manifest.get("format") != FORMAT or manifest.get("schema") != SCHEMA:
        raise RunError(f"{name} was packed by another version of Dawn, so it cannot be read.")
    if not isinstance(manifest.get("id"), str):
        raise _broken(name, MANIFEST)
    return manifest


def _keep(
    archive: zipfile.ZipFile,
    entries: list[zipfile.ZipInfo],
    name: str,
    run_id: str,
    manifest: dict[str, Any],
) -> Run:
    """Write the files beside the runs, then move the whole folder to its place."""
    runs = runs_folder()
    try:
        runs.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".import-", dir=runs))
        beside = temporary / run_id  # one deeper than a run, so that nobody takes it for one yet
        beside.mkdir()
    except OSError as error:
        raise unwritable(runs, error) from error
    try:
        for entry in entries:
            data = _sound(archive, entry, name)
            if entry.filename != MANIFEST:
                target = beside / entry.filename
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(data)
        write_record(beside / IMPORTED, {"id": manifest["id"], "unpacked": time.time()})
        if problem := load_run(beside).problem:
            raise RunError(f"{name} is not the zip of a run: {problem}")
        if not tells_its_data(beside):
            raise _broken(name, "data.json")
        path = make_folder(run_id)
        os.rename(beside, path)  # into the place of the empty folder that nobody else has
    except FileExistsError:
        raise RunError(
            f"There is a run named {run_id!r} already: delete it first, or, in a terminal, unpack "
            "this one --as another."
        ) from None
    except OSError as error:
        raise unwritable(runs, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return load_run(path)


def _data(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    """A file's bytes: as many as the list says, which were counted before."""
    if RECORDS.fullmatch(entry.filename) and entry.file_size > MOST_RECORD:
        raise RunError(f"{name} holds more than a run does: it is not unpacked.")
    with archive.open(entry) as file:
        # A number, for without one zipfile expands all that is there before it cuts it off.
        data = file.read(entry.file_size)
    if len(data) != entry.file_size:
        raise _broken(name, entry.filename)
    return data


def _sound(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    data = _data(archive, entry, name)
    try:
        return sound(entry.filename, data)
    except Unsound as error:
        raise _broken(name, entry.filename) from error


def _broken(name: str, file_name: str) -> RunError:
    return RunError(f"{name} holds a broken {file_name!r}: ask for it again.")
