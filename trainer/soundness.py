"""Files of a run as a stranger may have made them: whether each is what its name says.

Pages and commands rely on what is asked here, so that an import can be shown like any run.
"""

from __future__ import annotations

import io
import json
import math
import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from trainer.archive import (
    ARRAYS,
    BUNDLE_RECORDS,
    ENTRY,
    EVENTS,
    MOST_BYTES,
    MOST_FILES,
    RECORDS,
    WEIGHTS,
)
from trainer.data_lines import data_lines
from trainer.event_format import MAX_LINE, Event, parse_lines
from trainer.settings import form_values
from transformer.config import ConfigError

_ATTEMPT = re.compile(rb"[0-9]{4}\n?")
_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


class Unsound(ValueError):
    """A file that is not what its name says."""


def sound(name: str, data: bytes) -> bytes:
    """The file as it may be kept; of events those that are some. Raises Unsound."""
    if EVENTS.fullmatch(name):
        return _events(data)
    kept = True
    if RECORDS.fullmatch(name) or BUNDLE_RECORDS.fullmatch(name):
        kept = _is_record_sound(name, record_of(data))
    elif WEIGHTS.fullmatch(name):
        kept = _is_safetensors(data)
    elif ARRAYS.fullmatch(name):
        kept = _is_arrays(data)
    elif name == "run.lock":
        kept = not data or _ATTEMPT.fullmatch(data) is not None
    if not kept:
        raise Unsound(name)
    return data


def record_of(data: bytes) -> dict[str, Any]:
    """The JSON object in a file. Raises Unsound."""
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise Unsound("It is no JSON object.")
    return record


def tells_its_data(folder: Path) -> bool:
    """Whether a card can say what the run learned from; one without the record says so."""
    try:
        return bool(data_lines(folder))
    except (LookupError, TypeError, AttributeError, ValueError):
        return False


def _is_record_sound(name: str, record: dict[str, Any]) -> bool:
    if name == "spec.json":
        argv, data = record.get("argv"), record.get("data")
        packages = record.get("packages", {})
        try:
            form_values(record)
        except (ConfigError, AttributeError, TypeError):
            return False
        if not (isinstance(argv, list) and isinstance(data, dict) and isinstance(packages, dict)):
            return False
        git = record.get("git", "")
        texts = all(isinstance(text, str) for text in (*argv, *data, "" if git is None else git))
        return texts and _is_number(record.get("created"))
    times = (record[key] for key in ("began", "ended", "seconds") if key in record)
    return all(_is_number(moment) for moment in times)


def _is_number(value: Any) -> bool:
    """Whether a time or a count is one: finite, and not below zero."""
    return isinstance(value, int | float) and 0 <= value < 1 << 40


def _events(data: bytes) -> bytes:
    """The lines that are events, and of those the ones that the pages can show."""
    lines = data.split(b"\n")[:-1]
    events = parse_lines([line if len(line) <= MAX_LINE else b"" for line in lines])
    kept = (line for line, event in zip(lines, events, strict=True) if event and _is_shown(event))
    return b"".join(line + b"\n" for line in kept)


def _is_shown(event: Event) -> bool:
    if not (_is_number(event.wall) and _is_number(event.mono)):
        return False
    if event.kind == "metric":
        return event.step is not None and _is_metric(event.fields)
    if event.kind == "resume":
        return _is_number(event.fields.get("from_step", 0))
    if event.kind != "sample":
        return all(_is_number(event.fields.get(name, 0)) for name in ("loss_floor", "expect"))
    lists = [event.fields.get(name, []) for name in ("translations", "best", "worst")]
    together = ("best" in event.fields) == ("worst" in event.fields)
    return together and all(isinstance(told, list) and all(map(_is_line, told)) for told in lists)


def _is_metric(fields: dict[str, Any]) -> bool:
    """Whether all are numbers, or none in place of one; and an epoch says which one it is."""
    for name, value in fields.items():
        sound = value is None or (isinstance(value, int | float) and abs(value) < 1e300)
        if not (sound or name == "nonfinite"):
            return False
    if "epoch/loss" not in fields:
        return True
    share = fields.get("epoch/share", 1)
    return "epoch/nll" in fields and isinstance(fields.get("epoch"), int) and _is_number(share)


def _is_line(line: Any) -> bool:
    """Whether it is a sentence with its translation."""
    return (
        isinstance(line, dict)
        and all(isinstance(line.get(name), str) for name in ("src", "out"))
        and _is_number(line.get("chrf", 0))
    )


def _is_safetensors(data: bytes) -> bool:
    """Whether it begins as a safetensors file does: the length of a JSON header, and the header."""
    (length,) = struct.unpack("<Q", data[:8]) if len(data) >= 8 else (0,)
    return 0 < length <= len(data) - 8 and data[8:9] == b"{"


def _is_arrays(data: bytes) -> bool:
    """Whether it is a zip of arrays, none of objects, each as large as it says."""
    if data.count(ENTRY) > MOST_FILES:  # before the list of them is read into memory
        return False
    with zipfile.ZipFile(io.BytesIO(data)) as arrays:
        entries = arrays.infolist()
        if sum(entry.file_size for entry in entries) > MOST_BYTES // 4:
            return False
        for entry in entries:
            with arrays.open(entry) as file:
                reader = _HEADERS.get(np.lib.format.read_magic(file))
                if reader is None:
                    return False
                shape, _, kind = reader(file)
                if kind.hasobject or math.prod(shape) * kind.itemsize > entry.file_size:
                    return False
    return True
