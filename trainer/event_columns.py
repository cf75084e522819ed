"""Metrics by the hundred: lines in a row that have the same names are read column by column.

A run of 100,000 steps says the same dozen names 100,000 times. Here JSON parses the values of one
name as one list, no name but those of the first line, and no line becomes a dictionary.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from trainer.event_format import LARGEST_STEP, SCHEMA, Event, parse_lines

_BATCH = 512  # lines; one that is none of ours costs its neighbours no more than a batch's gain
_FEW = 8  # lines that are not worth it
_TYPES: dict[str, set[type]] = {
    "kind": {str},
    "step": {int},
    "attempt": {int},
    "seq": {int},
    "wall": {int, float},
    "mono": {int, float},
    "phase": {str, type(None)},
}


class Metrics(NamedTuple):
    """N metric events in a row, of one attempt and with the same fields.

    columns: N values for each field. header: those of an `Event` before its fields, in its order.
    """

    attempt: int
    steps: list[int]
    columns: dict[str, list[Any]]
    header: list[list[Any]]

    def events(self) -> list[Event]:
        rows = zip(*self.columns.values(), strict=True) if self.columns else ((),) * len(self.steps)
        fields = (dict(zip(self.columns, row, strict=True)) for row in rows)
        return list(map(Event._make, zip(*self.header, fields, strict=True)))

    def last(self) -> Event:
        fields = {name: values[-1] for name, values in self.columns.items()}
        return Event._make([*(values[-1] for values in self.header), fields])


def parse_metrics(lines: Sequence[bytes]) -> Iterator[Event | Metrics | None]:
    """What `parse_line` finds in each line, in their order, but metrics together where they can be.

    A line has no newline in it.
    """
    for start in range(0, len(lines), _BATCH):
        batch = lines[start : start + _BATCH]
        metrics = _metrics(batch)
        if metrics is None:
            yield from _in_parts(batch)
        else:
            yield metrics


def _in_parts(lines: Sequence[bytes]) -> Iterator[Event | Metrics | None]:
    """The same, for lines of which some may be alike: neighbours with as many commas."""
    others: list[bytes] = []
    for _, alike in groupby(lines, lambda line: line.count(b",")):
        some = list(alike)
        metrics = _metrics(some) if _FEW <= len(some) < len(lines) else None
        if metrics is None:
            others += some
            continue
        yield from parse_lines(others)
        others = []
        yield metrics
    yield from parse_lines(others)


def _metrics(lines: Sequence[bytes]) -> Metrics | None:
    """None where one of the lines may be no metric event of the same attempt and names."""
    columns = read_columns(lines)
    if columns is None:
        return None
    columns.setdefault("phase", [None] * len(lines))
    schema = columns.pop("schema", [])
    header = [columns.pop(name, []) for name in _TYPES]
    kinds, steps, attempts = header[:3]
    sound = (
        all(values and set(map(type, values)) <= types
            for values, types in zip(header, _TYPES.values(), strict=True))
        and schema.count(SCHEMA) == kinds.count("metric") == attempts.count(attempts[0])
        == len(lines)
        and -LARGEST_STEP <= min(steps) <= max(steps) <= LARGEST_STEP
    )  # fmt: skip
    return Metrics(attempts[0], steps, columns, header) if sound else None


def read_columns(lines: Sequence[bytes]) -> dict[str, list[Any]] | None:
    """The values by name of N lines that all have the names of the first, in its order; N each.

    None where that is not certain, which says nothing about the lines: a comma within a value is
    enough.
    """
    names = _names(lines[0])
    # The newline stays with the last value of its line: so no two halves are taken for a line.
    parts = b"\n,".join(lines).split(b",")
    if not names or len(parts) != len(names) * len(lines):
        return None
    parts[-1] += b"\n"
    columns: dict[str, list[Any]] = {}
    for place, name in enumerate(names):
        start = (b"" if place else b"{") + b'"' + name.encode("utf-8", "replace") + b'":'
        end = b"}\n" if place == len(names) - 1 else b""
        values = _values(parts[place :: len(names)], start, end)
        if values is None:
            return None
        columns[name] = values
    return columns


def _names(line: bytes) -> list[str]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return []
    return list(record) if isinstance(record, dict) else []


def _values(parts: Sequence[bytes], start: bytes, end: bytes) -> list[Any] | None:
    """What each part holds between `start` and `end`, as JSON reads it.

    No part has a comma in it. So what stands beside a comma of the joined text is the start or the
    end of a part, and a list of as many values as there are parts has one from each.
    """
    if parts[0] == parts[-1] and parts.count(parts[0]) == len(parts) > 1:
        same = _values(parts[:1], start, end)
        return same and same * len(parts)
    text = b"," + b",".join(parts) + b","
    bare = text.replace(b"," + start, b",").replace(end + b",", b",")
    if len(text) - len(bare) != len(parts) * (len(start) + len(end)):
        return None
    try:
        values = json.loads(b"[" + bare[1:-1] + b"]")
    except (ValueError, RecursionError):
        return None
    return values if len(values) == len(parts) else None
