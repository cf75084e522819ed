"""Runs as the pages read them: one shared reader a run, and the numbers of its panel.

Everything comes from the run's folder, through `trainer`; no torch. The app only reads, and writes
control files.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from trainer.events import Event, EventReader, minmax_downsample
from trainer.folder import Run
from trainer.records import read_record
from trainer.runs import Status

_TAIL_BYTES = 16_384
_MEAN_OF = 25  # points in the mean that a run's head tells
POINTS = {
    "train/loss": 400,
    "val/nll": 150,
    "epoch/loss": 50,
    "lr": 120,
    "gradient_norm": 150,
    "tokens_per_second": 120,
    "val/bleu": 45,
    "val/chrf": 45,
    "val/accuracy": 20,
    "val/among_five": 15,
    "val/recall": 20,
    "val/style_recall": 15,
    "machine/cpu": 40,
    "machine/memory": 40,
    "machine/gpu": 40,
    "machine/run_memory": 40,
    "machine/gpu_memory": 40,
    "tokens": 50,
    "seconds": 50,
}
"""How many points of each curve are sent at most; with the two means, 2,000 in all."""
MEAN_POINTS = 275
MAX_GAPS = 50

Series = tuple[NDArray[np.int64], NDArray[np.float64]]


@dataclass(frozen=True)
class Reading:
    """What a run has told so far, thinned out. Shared by all sessions: never change it.

    `version` rises whenever something was added. `gaps` are steps whose value was not finite.
    """

    version: int
    curves: dict[str, Series]
    gaps: dict[str, NDArray[np.int64]]
    latest: dict[str, float]
    samples: list[Event]
    alerts: list[Event]
    points: int
    last: Event | None
    began: Event | None  # the newest attempt's first step of training
    step: int | None


@dataclass
class Watch:
    """Follows one run for every session: its reader, and what was made of it last."""

    reader: EventReader
    lock: threading.Lock = field(default_factory=threading.Lock)
    reading: Reading | None = None
    read_at: float = -math.inf
    drawn: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def read(self, age: float = 0.0) -> Reading:
        """Everything up to now, or as it was up to `age` seconds ago; costs next to nothing when
        nothing was added."""
        with self.lock:
            if self.reading is None or time.monotonic() - self.read_at > age:
                if self.reader.catch_up() or self.reading is None:
                    version = self.reading.version + 1 if self.reading else 1
                    self.reading = _thinned(self.reader, version)
                self.read_at = time.monotonic()
            return self.reading

    def draw(self, name: str, state: Any, make: Callable[[], Any]) -> Any:
        """What `make` returned for this state; made once for all sessions, never to be changed."""
        with self.lock:
            if name not in self.drawn or self.drawn[name][0] != state:
                self.drawn[name] = (state, make())
            return self.drawn[name][1]


@st.cache_resource(max_entries=32, show_spinner=False)
def _watch(folder: str, inode: int) -> Watch:
    return Watch(EventReader(Path(folder)))


def watch(run: Run) -> Watch:
    """The one watch of a run."""
    try:
        inode = run.path.stat().st_ino
    except OSError:
        inode = 0
    return _watch(str(run.events), inode)


def _thinned(reader: EventReader, version: int) -> Reading:
    whole = {name: reader.series(name) for name in reader.names()}
    if "epoch/loss" in whole and "epoch/share" in whole:
        steps, means = whole["epoch/loss"]
        entire = whole["epoch/share"][1] >= 1  # the mean of a part of an epoch is no epoch's
        whole["epoch/loss"] = steps[entire], means[entire]
    latest = {name: float(values[-1]) for name, (_, values) in whole.items() if values.size}
    if "train/loss" in latest:
        latest["mean/loss"] = float(running_mean(whole["train/loss"][1][-_MEAN_OF:], _MEAN_OF)[-1])
    curves, gaps = {}, {}
    for name, points in POINTS.items():
        if name in whole:
            steps, values = whole[name]
            curves[name] = minmax_downsample(steps, values, points)
            gaps[name] = steps[~np.isfinite(values)][:MAX_GAPS]
    begins = [event for event in reader.of_kind("phase") if event.phase == "training"]
    resumes = [event.attempt for event in reader.of_kind("resume")]
    own = [event for event in begins if event.attempt == max(resumes, default=1)]
    return Reading(
        version=version,
        curves=curves,
        gaps=gaps,
        latest=latest,
        samples=reader.of_kind("sample"),
        alerts=reader.of_kind("alert"),
        points=sum(len(steps) for steps, _ in curves.values()),
        last=reader.newest("train/loss"),
        began=own[0] if own else None,
        step=reader.step,
    )


def smoothed(reader: EventReader, width: int) -> dict[str, Series]:
    """Loss and NLL of the training as means of `width` points, thinned out; spikes are left to the
    curve of each point."""
    found = {}
    for source, name in (("train/loss", "mean/loss"), ("train/nll", "mean/nll")):
        steps, values = reader.series(source)
        if steps.size:
            found[name] = minmax_downsample(steps, running_mean(values, width), MEAN_POINTS)
    return found


def running_mean(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """The mean of each value and the up to `width` - 1 before it, of those that are finite; NaN
    where the value itself is not."""
    finite = np.isfinite(values)
    if finite.all():
        return _running_sum(values, width) / np.minimum(np.arange(1, len(values) + 1), width)
    counts = _running_sum(finite.astype(np.float64), width)
    sums = _running_sum(np.where(finite, values, 0.0), width)
    return np.where(finite, sums / np.maximum(counts, 1), np.nan)


def _running_sum(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    sums = np.cumsum(values)
    found = sums.copy()
    found[width:] -= sums[:-width]
    return found


def last_step_of(run: Run, reading: Reading) -> int | None:
    """The step at which the run is to end: as configured, or as a request to finish set it."""
    told = [event.fields.get("last_step") for event in reading.alerts]
    numbers = [number for number in told if isinstance(number, int)]
    steps = run.config.get("steps")
    return numbers[-1] if numbers else steps if isinstance(steps, int) else None


def seconds_trained(run: Run, state: Status) -> float:
    """How long its trainers have run, over all attempts."""
    total = 0.0
    for attempt in range(1, state.attempt + 1):
        process = read_record(run.process_record(attempt)) or {}
        ended = read_record(run.exit_record(attempt))
        if ended is not None:
            total += float(ended.get("seconds") or 0.0)
        elif state.alive and isinstance(process.get("began"), int | float):
            total += max(0.0, time.time() - process["began"])
    return total


def seconds_left(reading: Reading, end: int | None) -> float | None:
    """Until the last step at the attempt's mean speed, validations included; None when unknown."""
    first, last = reading.began, reading.last
    if end is None or first is None or last is None or first.attempt != last.attempt:
        return None
    done = (last.step or 0) - (first.step or 0)
    if done <= 0:
        return None
    per_step = (last.mono - first.mono) / done
    return max(0.0, (end - (last.step or 0)) * per_step - max(0.0, time.time() - last.wall))


def log_tail(run: Run, lines: int = 60) -> str:
    """The end of log.txt; empty where there is none."""
    try:
        with open(run.log, "rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - _TAIL_BYTES))
            text = log.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
