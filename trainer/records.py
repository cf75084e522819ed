"""Small JSON records, written in one piece, and what identifies a process on this machine."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_record(path: Path, record: Mapping[str, Any]) -> None:
    """Write `record` so that a reader sees the old file or the new one, never half of one.

    Raises OSError when the disk refuses.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(record, file, indent=2, ensure_ascii=False, allow_nan=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def read_record(path: Path) -> dict[str, Any] | None:
    """The record, or None when it is missing, unreadable or no JSON object."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def process_start(pid: int) -> int | None:
    """Start time of a living process in clock ticks since boot (proc(5), field 22), else None.

    A process id alone is handed out again; id, start time and boot id together are not. Outside
    Linux there is no /proc and the answer is None.
    """
    fields = process_stat(pid)
    return None if fields is None or fields[0] == "Z" else int(fields[19])


def process_lives(record: Mapping[str, Any], who: str = "") -> bool:
    """Whether the trainer that a record tells of lives on this machine, or who="supervisor_"."""
    pid, started = record.get(f"{who}pid"), record.get(f"{who}start_time")
    if record.get("boot_id") != boot_id() or not isinstance(pid, int) or started is None:
        return False
    return process_start(pid) == started


def process_stat(pid: int) -> list[str] | None:
    """The fields of /proc/<pid>/stat from the third on: state, parent, ...; None where none is."""
    try:
        # The second field, the name, may hold spaces and brackets: count behind the last one.
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return fields if len(fields) > 19 else None


def boot_id() -> str | None:
    """What distinguishes this start of the machine from every other, None outside Linux."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except OSError:
        return None
