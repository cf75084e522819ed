"""What a run's looks at itself cost it: snapshots, alarms, and the readings of the machine."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from bench.report import Row
from trainer.presets import resolve
from trainer.runs import create_run

STEPS = 300


def watching() -> Iterator[Row]:
    """Seconds of the looks over those of a `nano` run, in one and the same run."""
    from trainer.alarms import Alarms
    from trainer.inside import Snapshots
    from trainer.machine import EVERY, Monitor
    from trainer.train import train

    config = resolve("nano", {"steps": STEPS, "device": "cpu"})
    run = create_run(config.to_dict(), ["bench"], run_id="bench-watching")
    spent: dict[str, float] = {}
    with timed(Snapshots, "take", spent), timed(Alarms, "see", spent):
        began = time.perf_counter()
        train(run.path, 1)
        whole = time.perf_counter() - began
    monitor = Monitor(run, 1, os.getpid())
    began = time.perf_counter()
    monitor.look()
    spent["machine"] = (time.perf_counter() - began) * whole / EVERY
    parts = [(name, 100 * seconds / whole) for name, seconds in spent.items()]
    share = sum(percent for _, percent in parts)
    yield Row(f"looks of a nano run at itself, {STEPS} steps", 2, [share], "%", parts=parts)


@contextmanager
def timed(owner: type, name: str, spent: dict[str, float]) -> Iterator[None]:
    """Add up the seconds that a method takes, under its name."""
    method: Callable[..., Any] = getattr(owner, name)

    def counted(*arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return method(*arguments)
        finally:
            spent[name] = spent.get(name, 0.0) + time.perf_counter() - began

    with patch.object(owner, name, counted):
        yield
