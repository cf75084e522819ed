"""Writing events: one line, one `write`, and never in the way of the training."""

from __future__ import annotations

import json
import math
import os
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainer.event_format import HEADER, KINDS, SCHEMA, event_file


class EventWriter:
    """Appends events to the file of one attempt; the only writer of that file.

    A line is a single `write` to a descriptor opened for appending. A line that cannot be written
    (a full disk) never reaches the training as an exception: it is lost, standard error says so
    once, and the first line that fits again is preceded by an alert with the number of lost ones.
    """

    def __init__(self, folder: Path, attempt: int, source: str = "") -> None:
        self.path = event_file(Path(folder), attempt, source)
        self.attempt = attempt
        self.phase_name: str | None = None
        self.lost = 0
        self._seq = 0
        self._descriptor: int | None = None
        self._torn = False
        self._lock = threading.Lock()

    def metric(self, step: int, values: Mapping[str, float]) -> None:
        """Numbers of one step, by name ("train/loss")."""
        self.write("metric", step=step, **values)

    def phase(self, name: str, expect: float, step: int | None = None, **fields: Any) -> None:
        """A new phase begins; the next event comes within `expect` seconds."""
        self.phase_name = name
        self.write("phase", step=step, expect=expect, **fields)

    def write(self, kind: str, *, step: int | None = None, **fields: Any) -> None:
        """Append one event. NaN and infinities become null, named in `nonfinite`.

        Raises ValueError for an unknown kind or a field that belongs to the header, TypeError for
        a value that JSON cannot hold.
        """
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of event; use one of {', '.join(sorted(KINDS))}")
        if clash := HEADER & fields.keys():
            raise ValueError(f"the event's own header holds {', '.join(sorted(clash))} already")
        with self._lock:
            if self.lost and self._append(
                "alert", None, {"message": f"{self.lost} events were lost: the disk refused them."}
            ):
                self.lost = 0
            if not self._append(kind, step, fields):
                self.lost += 1

    def close(self) -> None:
        with self._lock:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def __enter__(self) -> EventWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _append(self, kind: str, step: int | None, fields: Mapping[str, Any]) -> bool:
        nonfinite: dict[str, str] = {}
        record: dict[str, Any] = {
            "schema": SCHEMA, "attempt": self.attempt, "seq": self._seq, "wall": time.time(),
            "mono": time.monotonic(), "kind": kind, "step": step, "phase": self.phase_name,
            **{name: _plain(value, name, nonfinite) for name, value in fields.items()},
        }  # fmt: skip
        if nonfinite:
            record["nonfinite"] = nonfinite
        text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        self._seq += 1
        return self._write_line(text.encode("utf-8", "replace") + b"\n")

    def _write_line(self, line: bytes) -> bool:
        # After a short write the rest of that line is lost; a newline keeps it from the next one.
        line = b"\n" + line if self._torn else line
        written = 0
        try:
            if self._descriptor is None:
                flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
                self._descriptor = os.open(self.path, flags, 0o644)
            written = os.write(self._descriptor, line)
            if written == len(line):
                self._torn = False
                return True
            error = OSError("the disk took only a part of a line")
        except OSError as refused:
            error = refused
        self._torn = self._torn or written > 0
        if not self.lost:
            _complain(f"An event could not be written to {self.path.name} ({error}); going on.")
        return False


class Unheard(EventWriter):
    """Writes nothing: of the processes that train together, one tells of all."""

    def write(self, kind: str, *, step: int | None = None, **fields: Any) -> None:
        """Nothing is written."""


def _plain(value: Any, name: str, nonfinite: dict[str, str]) -> Any:
    """`value` as JSON can hold it; NaN and infinities are entered in `nonfinite` by their path."""
    if isinstance(value, float) and not math.isfinite(value):
        nonfinite[name] = "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
        return None
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(k): _plain(item, f"{name}.{k}", nonfinite) for k, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, f"{name}.{i}", nonfinite) for i, item in enumerate(value)]
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "tolist"):  # numpy and torch, scalars and arrays, without importing either
        return _plain(value.tolist(), name, nonfinite)
    raise TypeError(f"an event cannot hold the {type(value).__name__} in {name!r}")


def _complain(message: str) -> None:
    try:
        print(message, file=sys.stderr, flush=True)
    except OSError:
        return  # standard error lies on the same full disk; there is nobody left to tell
