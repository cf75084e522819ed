"""What the events of a run add up to, for any number of viewers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.event_columns import Metrics
from trainer.event_format import Event
from trainer.event_points import Points
from trainer.event_tail import EventTail


class EventReader:
    """Follows all attempts of a run (`Run.events`) and keeps what they add up to.

    One reader may serve many threads. `read` returns what is new since anybody's last call; the
    state (`series`, `of_kind`, `newest`, ...) is everybody's. A `resume` of a later attempt drops
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
        new: list[Event] = []
        with self._lock:
            for told in self._follow():
                new += told.events() if isinstance(told, Metrics) else (told,)
        return sorted(new, key=lambda event: (event.attempt, event.mono))

    def catch_up(self) -> bool:
        """Read what was added into the state alone, which is faster than `read` and never holds all
        of it at once; whether there was anything."""
        with self._lock:
            return sum(1 for _ in self._follow()) > 0

    def names(self) -> list[str]:
        """The metrics that have points."""
        with self._lock:
            return self._points.names()

    def series(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Steps and values of a metric, as copies; empty for a name never seen."""
        with self._lock:
            return self._points.series(name)

    def newest(self, name: str) -> Event | None:
        """The last event that told of a metric, since the newest resume."""
        with self._lock:
            told = self._newest.get(name)
            return told.last() if isinstance(told, Metrics) else told

    def of_kind(self, kind: str) -> list[Event]:
        """All events of a kind other than metric."""
        with self._lock:
            return list(self._events.get(kind, ()))

    @property
    def step(self) -> int | None:
        """The newest step heard of."""
        return self._last_step

    @property
    def skipped(self) -> int:
        """Lines that were no events: torn, garbage, longer than `MAX_LINE`."""
        with self._lock:
            return sum(tail.skipped for tail in self._tails.values())

    def _forget(self) -> None:
        self._tails: dict[str, EventTail] = {}
        self._points = Points()
        self._newest: dict[str, Event | Metrics] = {}
        self._events: dict[str, list[Event]] = {}
        self._resumes: dict[int, int] = {}
        self._last_step: int | None = None

    def _follow(self) -> Iterator[Event | Metrics]:
        """What was added, each taken into the state: the metrics as they come, the rest of an
        attempt by its time."""
        if any(tail.replaced() for tail in self._tails.values()):
            self.generation += 1
            self._forget()
        for path in self.folder.glob("[0-9]*.jsonl"):
            if path.stem not in self._tails:
                self._tails[path.stem] = EventTail(path)
        # By name, so the trainer's own file comes first, and with it the attempt's resume.
        for _, names in groupby(sorted(self._tails), lambda name: name.partition("-")[0]):
            others: list[Event] = []
            for told in (told for name in names for told in self._tails[name].read()):
                yield told
                if isinstance(told, Metrics) or told.kind in ("metric", "resume"):
                    self._take(told)
                else:
                    others.append(told)
            for event in sorted(others, key=lambda event: event.mono):
                self._take(event)

    def _take(self, told: Event | Metrics) -> None:
        if isinstance(told, Metrics) and any(told.attempt < later for later in self._resumes):
            for event in told.events():  # some of them may be undone
                self._take(event)
        elif isinstance(told, Metrics):
            self._add_points(told, told.steps, told.columns)
        elif not self._is_undone(told):
            self._take_event(told)

    def _take_event(self, event: Event) -> None:
        if event.kind == "metric":
            if event.step is not None:
                columns = {name: (value,) for name, value in event.fields.items()}
                self._add_points(event, (event.step,), columns)
            return
        if event.step is not None:
            self._last_step = max(event.step, self._last_step or 0)
        if event.kind == "resume":
            self._resume(event)
        self._events.setdefault(event.kind, []).append(event)

    def _add_points(
        self, told: Event | Metrics, steps: Sequence[int], columns: Mapping[str, Sequence[Any]]
    ) -> None:
        self._last_step = max(*steps, self._last_step or 0)
        self._points.add(steps, columns)
        self._newest |= dict.fromkeys(columns, told)

    def _is_undone(self, event: Event) -> bool:
        later = [step for attempt, step in self._resumes.items() if attempt > event.attempt]
        return bool(later) and event.step is not None and event.step > min(later)

    def _resume(self, event: Event) -> None:
        from_step = event.fields.get("from_step")
        if type(from_step) is not int:
            return
        self._resumes[event.attempt] = from_step
        self._last_step = from_step
        self._newest.clear()
        self._points.drop_beyond(from_step)
        for kind, events in self._events.items():
            self._events[kind] = [old for old in events if not self._is_undone(old)]
