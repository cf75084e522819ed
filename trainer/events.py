"""What a run tells while it trains: one JSON object a line, one file an attempt and writer.

    {"schema": 1, "attempt": 1, "seq": 7, "wall": 1.7e9, "mono": 42.1, "kind": "metric",
     "step": 30, "phase": "training", "train/loss": 4.2, "lr": null, "nonfinite": {"lr": "nan"}}

`wall` is seconds since 1970, `mono` the host's monotonic clock in seconds. Every event names the
phase it fell in, so the last line alone tells where a run is. Further fields by kind:
metric: a number for each name · phase: `expect`, the seconds until the next event at the latest ·
resume: `from_step`, the first event of an attempt · end: `outcome` (finished, stopped, failed) and
`reason`, the last one · alert: `message` · sample, snapshot, checkpoint: what their writer needs.
"""

from __future__ import annotations

import json
import math
import os
import sys
import threading
import time
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

SCHEMA = 1
KINDS = frozenset(("metric", "phase", "sample", "snapshot", "checkpoint", "alert", "resume", "end"))
MAX_LINE = 1 << 20  # bytes; what is longer is no event of ours
_CHUNK = 8 << 20
_HEAD = 256
_BATCH = 512  # lines
_NONFINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_HEADER = frozenset(
    ("schema", "attempt", "seq", "wall", "mono", "kind", "step", "phase", "nonfinite")
)


class Event(NamedTuple):
    """One line, read. `fields` holds what the kind adds to the header."""

    kind: str
    step: int | None
    attempt: int
    seq: int
    wall: float
    mono: float
    phase: str | None
    fields: dict[str, Any]


def event_file(folder: Path, attempt: int, source: str = "") -> Path:
    """events/0001.jsonl is the trainer's, events/0001-supervisor.jsonl the supervisor's."""
    return folder / (f"{attempt:04d}-{source}.jsonl" if source else f"{attempt:04d}.jsonl")


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

    def phase(self, name: str, expect: float, step: int | None = None) -> None:
        """A new phase begins; the next event comes within `expect` seconds."""
        self.phase_name = name
        self.write("phase", step=step, expect=expect)

    def write(self, kind: str, *, step: int | None = None, **fields: Any) -> None:
        """Append one event. NaN and infinities become null, named in `nonfinite`.

        Raises ValueError for an unknown kind or a field that belongs to the header, TypeError for
        a value that JSON cannot hold.
        """
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of event; use one of {', '.join(sorted(KINDS))}")
        if clash := _HEADER & fields.keys():
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


def parse_line(line: bytes) -> Event | None:
    """The event, or None when the line is none of ours (torn, garbage, another schema)."""
    try:
        return _event(json.loads(line))
    except (ValueError, RecursionError):
        return None


def parse_lines(lines: Sequence[bytes]) -> list[Event | None]:
    """`parse_line` for each, twice as fast: many lines are parsed as one JSON list.

    A list that does not parse, or has another number of items than lines, is taken line by line.
    """
    events: list[Event | None] = []
    for start in range(0, len(lines), _BATCH):
        batch = lines[start : start + _BATCH]
        try:
            records = json.loads(b"[" + b",".join(batch) + b"]")
        except (ValueError, RecursionError):
            records = []
        if len(records) == len(batch):
            events += map(_event, records)
        else:
            events += map(parse_line, batch)
    return events


def _event(record: Any) -> Event | None:
    try:
        if record.pop("schema") != SCHEMA:
            return None
        event = Event(
            record.pop("kind"), record.pop("step"), record.pop("attempt"), record.pop("seq"),
            record.pop("wall"), record.pop("mono"), record.pop("phase", None), record,
        )  # fmt: skip
        sound = (
            event.kind in KINDS
            and (event.step is None or (type(event.step) is int and abs(event.step) < 1 << 53))
            and type(event.attempt) is int
            and type(event.seq) is int
            and isinstance(event.wall, float | int)
            and isinstance(event.mono, float | int)
            and (event.phase is None or isinstance(event.phase, str))
        )
    except (TypeError, KeyError, AttributeError):
        return None
    return event if sound else None


class _Tail:
    """One file, read from where the last reading ended, complete lines only."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.skipped = 0
        self._offset = 0
        self._head = b""
        self._in_long_line = False

    def replaced(self) -> bool:
        """Whether what was read is no longer what the file begins with."""
        try:
            with open(self.path, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                return size < self._offset or file.read(len(self._head)) != self._head
        except OSError:
            return True

    def read(self) -> list[Event]:
        events: list[Event] = []
        try:
            with open(self.path, "rb") as file:
                file.seek(self._offset)
                while chunk := file.read(_CHUNK):
                    if self._offset == 0:
                        self._head = chunk[:_HEAD]
                    used = self._use(chunk, events)
                    if not used:
                        break
                    self._offset += used
                    file.seek(self._offset)
        except FileNotFoundError:
            return events
        return events

    def _use(self, chunk: bytes, events: list[Event]) -> int:
        """Parse the complete lines of `chunk` into `events`; how many bytes are done with."""
        complete, newline, rest = chunk.rpartition(b"\n")
        if not newline:
            if not self._in_long_line:
                if len(rest) <= MAX_LINE:
                    return 0  # a line that is still being written
                self._in_long_line = True
                self.skipped += 1
            return len(rest)
        lines = complete.split(b"\n")
        if self._in_long_line:
            del lines[0]  # the end of a long line, counted when it began
            self._in_long_line = False
        lines = [line for line in lines if line]
        fitting = [line for line in lines if len(line) <= MAX_LINE]
        sound = [event for event in parse_lines(fitting) if event is not None]
        self.skipped += len(lines) - len(sound)
        events += sound
        return len(complete) + 1


class EventReader:
    """Follows all attempts of a run (`Run.events`) and keeps what they add up to.

    One reader may serve many threads. `read` returns what is new since anybody's last call; the
    state (`series`, `of_kind`, `phase`, ...) is everybody's. A `resume` of a later attempt drops
    the state's older points beyond its `from_step`. When a file was truncated or replaced, all is
    read again from the start and `generation` rises.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.generation = 0
        self._lock = threading.Lock()
        self._forget()

    def read(self) -> list[Event]:
        """Read what was added, in the order of attempts and time."""
        with self._lock:
            if any(tail.replaced() for tail in self._tails.values()):
                self.generation += 1
                self._forget()
            for path in self.folder.glob("[0-9]*.jsonl"):
                if path.name not in self._tails:
                    self._tails[path.name] = _Tail(path)
            batches = [events for tail in self._tails.values() if (events := tail.read())]
            new = [event for events in batches for event in events]
            if len(batches) > 1:
                new.sort(key=lambda event: (event.attempt, event.mono))
            for event in new:
                self._take(event)
            if new:
                self._heard = time.monotonic()
            return new

    def names(self) -> list[str]:
        """The metrics seen so far."""
        with self._lock:
            return sorted(self._series)

    def series(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Steps and values of a metric, as copies; empty for a name never seen."""
        with self._lock:
            steps, values = self._series.get(name, (array("q"), array("d")))
            return np.array(steps, dtype=np.int64), np.array(values, dtype=np.float64)

    def of_kind(self, kind: str) -> list[Event]:
        """All events of a kind other than metric."""
        with self._lock:
            return list(self._events.get(kind, ()))

    @property
    def step(self) -> int | None:
        """The newest step heard of."""
        return self._last_step

    @property
    def phase(self) -> str | None:
        return self._phase

    @property
    def skipped(self) -> int:
        """Lines that were no events: torn, garbage, longer than `MAX_LINE`."""
        with self._lock:
            return sum(tail.skipped for tail in self._tails.values())

    def overdue(self) -> float:
        """Seconds, on this reader's clock, beyond the phase's promise to be heard; 0 in time."""
        with self._lock:
            if self._expect is None:
                return 0.0
            return max(0.0, time.monotonic() - self._heard - self._expect)

    def _forget(self) -> None:
        self._tails: dict[str, _Tail] = {}
        self._series: dict[str, tuple[array[int], array[float]]] = {}
        self._events: dict[str, list[Event]] = {}
        self._resumes: dict[int, int] = {}
        self._last_step: int | None = None
        self._phase: str | None = None
        self._expect: float | None = None
        self._heard = time.monotonic()

    def _take(self, event: Event) -> None:
        if self._resumes and self._is_undone(event):
            return
        if event.step is not None:
            self._last_step = event.step
        if event.kind == "metric":
            self._add_points(event)
            return
        if event.phase is not None:
            self._phase = event.phase
        if event.kind == "phase":
            expect = event.fields.get("expect")
            self._expect = float(expect) if isinstance(expect, int | float) else None
        elif event.kind == "end":
            self._expect = None
        elif event.kind == "resume":
            self._resume(event)
        self._events.setdefault(event.kind, []).append(event)

    def _add_points(self, event: Event) -> None:
        if event.step is None:
            return
        for name, value in event.fields.items():
            if type(value) is not float:
                number = _number(value, name, event.fields)
                if number is None:
                    continue
                value = number
            steps, values = self._series.setdefault(name, (array("q"), array("d")))
            steps.append(event.step)
            values.append(value)

    def _is_undone(self, event: Event) -> bool:
        later = [step for attempt, step in self._resumes.items() if attempt > event.attempt]
        return bool(later) and event.step is not None and event.step > min(later)

    def _resume(self, event: Event) -> None:
        from_step = event.fields.get("from_step")
        if type(from_step) is not int:
            return
        self._resumes[event.attempt] = from_step
        self._last_step = from_step
        for name, (steps, values) in self._series.items():
            kept = np.array(steps) <= from_step
            self._series[name] = (
                array("q", np.array(steps)[kept].tolist()),
                array("d", np.array(values)[kept].tolist()),
            )
        for kind, events in self._events.items():
            self._events[kind] = [old for old in events if not self._is_undone(old)]


def _number(value: Any, name: str, fields: Mapping[str, Any]) -> float | None:
    """A metric's value that is no plain float: an integer, or a null that stands for NaN."""
    if type(value) is int:
        return float(value) if abs(value) < 1 << 1000 else None
    nonfinite = fields.get("nonfinite")
    if value is None and isinstance(nonfinite, dict):
        return _NONFINITE.get(nonfinite.get(name, ""))
    return None


def last_events(path: Path) -> Iterator[Event]:
    """The events at the end of a file, the newest first, without reading all of it.

    The last 16 KiB, or 64 times that when the end of the file holds no event at all.
    """
    for size in (1 << 14, 1 << 20):
        try:
            with open(path, "rb") as file:
                start = max(0, file.seek(0, os.SEEK_END) - size)
                file.seek(start)
                lines = file.read().split(b"\n")
        except OSError:
            return
        complete = lines[1 if start else 0 : -1]
        events = [event for line in reversed(complete) if (event := parse_line(line))]
        if events or not start:
            yield from events
            return


def minmax_downsample(
    x: NDArray[Any], y: NDArray[Any], points: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """At most `points` of the curve: both ends, and the lowest and highest of each stretch.

    A spike of a single point stays. A stretch that is all NaN keeps one NaN, so a gap stays a gap.
    Raises ValueError for fewer than four points.
    """
    if points < 4:
        raise ValueError("a curve needs at least four points to keep its ends and its spikes")
    count = len(y)
    if count <= points:
        return x, y
    width = math.ceil(count / ((points - 2) // 2))
    buckets = math.ceil(count / width)
    padded = np.full(buckets * width, np.nan)
    padded[:count] = y
    grid = padded.reshape(buckets, width)
    first = np.arange(buckets) * width
    lows = first + np.where(np.isnan(grid), np.inf, grid).argmin(axis=1)
    highs = first + np.where(np.isnan(grid), -np.inf, grid).argmax(axis=1)
    chosen = np.unique(np.concatenate(([0], lows, highs, [count - 1])))
    return x[chosen], y[chosen]
