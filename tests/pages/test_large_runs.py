"""A million events, two hundred runs, five viewers: everything answers, and all are told the same.

Times are printed (`pytest -s`), not asserted: they are the bench's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pages.ui.run_curves import curves_blob
from pages.ui.run_standing import known_runs, known_status
from pages.ui.runs import POINTS, Reading, smoothed, watch
from tests.pages.blobs import sent
from tests.pages.training_page import ended_run, open_page, says
from trainer.locks import take_lock
from trainer.runs import Run, create_run, status

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parents[2]
EVENTS, RUNS, VIEWERS = 1_000_000, 200, 5
SPIKE = 654_321
LINE = (
    '{{"schema":1,"attempt":1,"seq":{0},"wall":{1}.25,"mono":{0}.5,"kind":"metric","step":{0},'
    '"phase":"training","train/loss":{2},"train/nll":{2},"lr":0.001,"tokens_per_second":3000.5}}\n'
)
READ = """
import re, sys
from pathlib import Path
from trainer.events import EventReader

def held() -> int:
    return 1024 * int(re.search(r"VmHWM:\\s*([0-9]+)", Path("/proc/self/status").read_text())[1])

reader, before = EventReader(Path(sys.argv[1])), held()
reader.catch_up()
points = sum(len(reader.series(name)[0]) for name in reader.names())
print(points, held() - before)
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The run, which lives, the newest of many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAWN_RUNS", str(tmp_path_factory.mktemp("runs")))
        for number in range(RUNS - 1):
            ended_run(f"ended-{number:03d}", points=3)
        run = create_run({"preset": "nano", "device": "cpu", "steps": EVENTS}, [], run_id="large")
        with (run.events / "0001.jsonl").open("w", encoding="utf-8") as file:
            for step in range(1, EVENTS + 1):
                loss = 99.5 if step == SPIKE else 2.5 + step % 1000 / 4096
                file.write(LINE.format(step, step + 1_700_000_000, loss))
        held = take_lock(run.lock)
        assert held is not None
        os.pwrite(held, b"0001\n", 0)
        run.process_record(1).write_text("{}")
        yield run
        os.close(held)


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - began:.2f} s")


def test_a_point_costs_few_bytes_while_all_of_them_are_read(large: Run) -> None:
    """At the peak, the file's own text and its parsed lines included."""
    told = subprocess.run(
        [sys.executable, "-c", READ, str(large.events)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    points, held = map(int, told.split())
    assert points == 4 * EVENTS
    print(f"{held / points:.1f} bytes a point")
    assert held / points < 48


def test_five_viewers_of_one_reader_get_the_same_numbers(large: Run) -> None:
    readings: list[Reading] = []
    ready = threading.Barrier(VIEWERS)

    def look() -> None:
        ready.wait()
        readings.append(watch(large).read())

    viewers = [threading.Thread(target=look) for _ in range(VIEWERS)]
    with timed(f"{EVENTS:,} events, first read by {VIEWERS} at once"):
        for viewer in viewers:
            viewer.start()
        for viewer in viewers:
            viewer.join()
    assert len(readings) == VIEWERS and all(reading is readings[0] for reading in readings)
    steps, values = readings[0].curves["train/loss"]
    assert len(steps) <= POINTS["train/loss"] and (steps[0], steps[-1]) == (1, EVENTS)
    assert values.max() == 99.5 and steps[values.argmax()] == SPIKE
    with timed("its curves"):
        means = smoothed(watch(large).reader, 25)
        blob = curves_blob(readings[0], means, large.id, width=25, alive=True)
    assert len(blob) < 100_000


def test_list_and_status_answer(large: Run) -> None:
    with timed(f"{RUNS} runs listed, and how each stands"):
        states = [known_status(run).state for run in known_runs() if run.origin == "own"]
    assert states == ["running", *["failed"] * (RUNS - 1)]
    with timed("again"):
        assert [known_status(run).step for run in known_runs()][:2] == [EVENTS, 3]
    with timed("the large run's status"):
        assert status(large).step == EVENTS


def test_the_page_shows_it_to_five_sessions(large: Run) -> None:
    shown = []
    for _ in range(VIEWERS):
        with timed("the page"):
            at = open_page(run=large.id)
        assert not at.exception
        assert f"<dd>{EVENTS:,}<small>of {EVENTS:,}" in says(at)
        assert f"All {len(known_runs())} runs" in [toggle.label for toggle in at.toggle]
        header, arrays = sent(at, "panels")
        shown.append((header, {name: array.tobytes() for name, array in arrays.items()}))
    assert shown == [shown[0]] * VIEWERS
