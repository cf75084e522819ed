"""What the events of a run add up to, for any number of viewers."""

from __future__ import annotations

import math
import threading
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.event_format import Event
from trainer.event_tail import EventTail

_NONFINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


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
                    self._tails[path.name] = EventTail(path)
            batches = [events for tail in self._tails.values() if (events := tail.read())]
            new = [event for events in batches for event in events]
            if len(batches) > 1:
                new.sort(key=lambda event: (event.attempt, event.mono))
            for event in new:
                self._take(event)
            return new

    def names(self) -> list[str]:
        """The metrics that have points."""
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

    def _forget(self) -> None:
        self._tails: dict[str, EventTail] = {}
        self._series: dict[str, tuple[array[int], array[float]]] = {}
        self._events: dict[str, list[Event]] = {}
        self._resumes: dict[int, int] = {}
        self._last_step: int | None = None
        self._phase: str | None = None

    def _take(self, event: Event) -> None:
        if self._resumes and self._is_undone(event):
            return
        if event.step is not None:
            self._last_step = max(event.step, self._last_step or 0)
        if event.kind == "metric":
            self._add_points(event)
            return
        if event.phase is not None:
            self._phase = event.phase
        if event.kind == "resume":
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
        for name, (steps, values) in list(self._series.items()):
            kept = np.array(steps) <= from_step
            if not kept.any():  # a curve without a point is none
                del self._series[name]
                continue
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
        return _NONFINITE.get(str(nonfinite.get(name)))
    return None
