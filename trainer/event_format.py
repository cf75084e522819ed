"""An event as a line of JSON, and a line as an event again."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

SCHEMA = 1
KINDS = frozenset(("metric", "phase", "sample", "snapshot", "checkpoint", "alert", "resume", "end"))
HEADER = frozenset(
    ("schema", "attempt", "seq", "wall", "mono", "kind", "step", "phase", "nonfinite")
)
LARGEST_STEP = (1 << 53) - 1  # what a float still counts
MAX_LINE = 1 << 20  # bytes; what is longer is no event of ours
_BATCH = 512  # lines
_MARK = secrets.token_hex(8)  # so it stands in no line


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


def parse_line(line: bytes) -> Event | None:
    """The event, or None when the line is none of ours (torn, garbage, another schema)."""
    try:
        return _event(json.loads(line))
    except (ValueError, RecursionError):
        return None


def parse_lines(lines: Sequence[bytes]) -> list[Event | None]:
    """`parse_line` for each, twice as fast: many lines are parsed as one JSON list.

    A mark between each two tells whether a line is an item; otherwise it is taken line by line.
    """
    events: list[Event | None] = []
    for start in range(0, len(lines), _BATCH):
        batch = lines[start : start + _BATCH]
        try:
            records = json.loads(b"[" + f',"{_MARK}",'.encode().join(batch) + b"]")
        except (ValueError, RecursionError):
            records = []
        if records[1::2] == [_MARK] * (len(batch) - 1) and len(records) == 2 * len(batch) - 1:
            events += map(_event, records[::2])
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
            and (event.step is None or type(event.step) is int)
            and abs(event.step or 0) <= LARGEST_STEP
            and type(event.attempt) is int
            and type(event.seq) is int
            and isinstance(event.wall, float | int)
            and isinstance(event.mono, float | int)
            and (event.phase is None or isinstance(event.phase, str))
        )
    except (TypeError, KeyError, AttributeError):
        return None
    return event if sound else None


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
        found = False
        for line in reversed(complete):  # one at a time: who asks often wants the newest alone
            if event := parse_line(line):
                found = True
                yield event
        if found or not start:
            return


def last_of_kind(path: Path, kind: str) -> Event | None:
    """The newest event of a kind in the last MiB of a file, found without parsing the others."""
    try:
        with open(path, "rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - (1 << 20)))
            text = file.read()
    except OSError:
        return None
    sign = f'"kind":"{kind}"'.encode()
    end = len(text)
    while (place := text.rfind(sign, 0, end)) >= 0:
        end = place
        line = text[text.rfind(b"\n", 0, place) + 1 :].partition(b"\n")[0]
        event = parse_line(line)
        if event is not None and event.kind == kind:
            return event
    return None
