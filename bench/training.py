"""The training page's work on the server, and how soon a killed run is known to be one."""

from __future__ import annotations

import os
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterator

from bench.report import Row
from pages.ui.run_curves import curves_blob
from pages.ui.runs import Watch, smoothed
from trainer.events import EventReader, EventWriter
from trainer.launch import launch
from trainer.records import read_record
from trainer.runs import Run, create_run, status

POINTS = 100_000
TICK = 0.02  # seconds between two looks at a status
GIVE_UP = 30.0
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
NOTHING = [sys.executable, "-c", ""]


def write_run(points: int) -> tuple[Run, EventWriter]:
    """A run that has logged so many steps, and the writer that can add to it."""
    run = create_run({"preset": "bench", "steps": points}, ["bench"], run_id="bench-events")
    writer = EventWriter(run.events, 1)
    writer.phase("training", expect=3600, step=0)
    for step in range(1, points + 1):
        log_step(writer, step)
    return run, writer


def log_step(writer: EventWriter, step: int) -> None:
    """One step as a trainer logs it: a curve that falls and trembles."""
    loss = 2.5 + 6.0 / (1 + step / 500) + 0.1 * ((step * 7919) % 101) / 101
    numbers = {"train/loss": loss, "train/nll": loss - 0.4, "lr": 1e-3, "tokens_per_second": 3e3}
    writer.metric(step, numbers)


def live_panel(rounds: int) -> Iterator[Row]:
    """100,000 points: the first reading, then a refresh with one new point each."""
    run, writer = write_run(POINTS)
    first = []
    for _ in range(rounds):
        began = time.perf_counter()
        EventReader(run.events).catch_up()
        first.append(1000 * (time.perf_counter() - began))
    yield Row(f"first parse of {POINTS:,} events", None, first)

    watch = Watch(EventReader(run.events))
    watch.read()
    whole, reading_ms, drawing_ms, sizes, points = [], [], [], [], []
    for place in range(rounds + 1):
        log_step(writer, POINTS + 1 + place)
        began = time.perf_counter()
        status(run)
        reading = watch.read()
        read = time.perf_counter()
        means = smoothed(watch.reader, 25)
        blob = curves_blob(reading, means, run.id, width=25, alive=True)
        drawn = time.perf_counter()
        if place:  # the first refresh reads all that was there
            whole.append(1000 * (drawn - began))
            reading_ms.append(1000 * (read - began))
            drawing_ms.append(1000 * (drawn - read))
            sizes.append(len(blob) / 1000)
            sent = reading.points + sum(len(steps) for steps, _ in means.values())
            points.append(float(sent))
    writer.close()
    parts = [
        ("status and new events", statistics.median(reading_ms)),
        ("curves", statistics.median(drawing_ms)),
    ]
    yield Row(f"live panel, a refresh with {POINTS:,} points", 50, whole, parts=parts)
    yield Row("live panel, points sent", 2000, points, unit="")
    yield Row("live panel, curves as bytes", None, sizes, unit="KB")


def killed_runs(rounds: int) -> Iterator[Row]:
    """kill -9 of the trainer, and of its supervisor: seconds until the status says so."""
    yield Row("status after kill -9 of the trainer", 2, _killed("pid", "failed", rounds), "s")
    yield Row(
        "status after kill -9 of the supervisor", 2, _killed("supervisor_pid", "lost", rounds), "s"
    )


def _killed(whom: str, state: str, rounds: int) -> list[float]:
    def one(place: int) -> float:
        run = launch(
            {"preset": "bench", "device": "cpu"},
            ["bench"],
            run_id=f"bench-{state}-{place}",
            trainer=SLEEPER,
            exporter=NOTHING,
        )
        _until(run.process_record(1).exists)
        record = read_record(run.process_record(1)) or {}
        os.kill(record[whom], signal.SIGKILL)
        return _until(lambda: status(run).state == state)

    return [one(place) for place in range(rounds)]


def _until(condition: Callable[[], bool]) -> float:
    """Seconds until it holds. Raises TimeoutError."""
    began = time.perf_counter()
    while not condition():
        if time.perf_counter() - began > GIVE_UP:
            raise TimeoutError(f"nothing of it within {GIVE_UP:.0f} s")
        time.sleep(TICK)
    return time.perf_counter() - began
