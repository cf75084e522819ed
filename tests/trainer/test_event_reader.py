"""Events are read once each, whatever the files go through."""

from __future__ import annotations

import math
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.trainer.raw_events import raw_metric
from trainer.events import MAX_LINE, EventReader, EventWriter, event_file


def test_a_resume_from_the_beginning_leaves_no_empty_curve(tmp_path: Path) -> None:
    with EventWriter(tmp_path, 1) as events:
        events.metric(0, {"machine/cpu": 5.0})
        events.metric(10, {"train/loss": 1.0})
    with EventWriter(tmp_path, 2) as events:
        events.write("resume", step=0, from_step=0)
    reader = EventReader(tmp_path)
    reader.read()
    assert reader.names() == ["machine/cpu"]
    assert reader.series("train/loss")[0].size == 0


def test_what_stands_for_no_number_may_be_anything(tmp_path: Path) -> None:
    with EventWriter(tmp_path, 1) as events:
        events.metric(1, {"train/loss": math.nan})
    path = tmp_path / "0001.jsonl"
    path.write_text(path.read_text().replace('"nan"', "[]"))
    reader = EventReader(tmp_path)
    assert len(reader.read()) == 1
    assert reader.names() == []


def test_reading_goes_on_where_it_ended(tmp_path: Path) -> None:
    reader = EventReader(tmp_path)
    assert reader.read() == []
    with EventWriter(tmp_path, 1) as events:
        events.metric(1, {"train/loss": 3.0})
        assert [event.step for event in reader.read()] == [1]
        assert reader.read() == []
        events.metric(2, {"train/loss": 2.0})
        assert [event.step for event in reader.read()] == [2]
    assert reader.series("train/loss")[1].tolist() == [3.0, 2.0]
    assert reader.series("never seen")[0].size == 0


def test_a_line_counts_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "0001.jsonl"
    line = raw_metric(7)
    path.write_bytes(line[:10])
    reader = EventReader(tmp_path)
    assert reader.read() == []
    with open(path, "ab") as file:
        file.write(line[10:])
    assert [event.step for event in reader.read()] == [7]
    assert reader.skipped == 0


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\x00\xff\xfe",
        b"[1, 2]",
        b"null",
        b"{}",
        b"[" * 50_000,
        b"9" * 5_000,
        raw_metric(1)[:40],
        raw_metric(1).replace(b'"step": 1', b'"step": "1"').strip(),
        raw_metric(1).replace(b'"step": 1', b'"step": NaN').strip(),
        raw_metric(1).replace(b'"step": 1', b'"step": 1e400').strip(),
        raw_metric(1).replace(b'"metric"', b'["metric"]').strip(),
        raw_metric(1).replace(b'"schema": 1', b'"schema": 2').strip(),
    ],
)
def test_what_is_no_event_is_counted_and_passed_over(tmp_path: Path, garbage: bytes) -> None:
    (tmp_path / "0001.jsonl").write_bytes(raw_metric(1) + garbage + b"\n" + raw_metric(2))
    reader = EventReader(tmp_path)
    assert [event.step for event in reader.read()] == [1, 2]
    assert reader.skipped == 1


def test_odd_values_of_a_metric_are_left_out(tmp_path: Path) -> None:
    line = raw_metric(1).strip()[:-1] + b', "text": "x", "flag": true, "huge": 1' + b"0" * 400
    (tmp_path / "0001.jsonl").write_bytes(line + b', "gone": null}\n' + raw_metric(2))
    reader = EventReader(tmp_path)
    assert len(reader.read()) == 2
    assert reader.names() == ["train/loss"]


def test_a_line_of_ten_megabytes_is_skipped_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "0001.jsonl"
    path.write_bytes(raw_metric(1) + b"x" * (10 << 20))
    reader = EventReader(tmp_path)
    assert [event.step for event in reader.read()] == [1]
    with open(path, "ab") as file:
        file.write(b"x" * 100)
    assert reader.read() == []
    with open(path, "ab") as file:
        file.write(b"x\n" + raw_metric(2) + b"y" * (MAX_LINE + 1) + b"\n" + raw_metric(3))
    assert [event.step for event in reader.read()] == [2, 3]
    assert reader.skipped == 2


@pytest.mark.parametrize("how", ["truncated", "replaced", "rewritten", "removed"])
def test_another_file_under_the_name_is_read_from_its_start(tmp_path: Path, how: str) -> None:
    path = tmp_path / "0001.jsonl"
    path.write_bytes(raw_metric(1, 9.0) + raw_metric(2, 9.0))
    reader = EventReader(tmp_path)
    reader.read()
    longer = b"".join(raw_metric(step, 5.0) for step in (4, 5, 6))
    if how == "truncated":
        path.write_bytes(raw_metric(4, 5.0))
    elif how == "replaced":
        (tmp_path / "new").write_bytes(longer)
        os.replace(tmp_path / "new", path)
    elif how == "rewritten":
        path.write_bytes(longer)
    else:
        path.unlink()
        (tmp_path / "0002.jsonl").write_bytes(raw_metric(4, 5.0, attempt=2))
    reader.read()
    assert reader.generation == 1
    steps, values = reader.series("train/loss")
    assert steps[0] == 4 and set(values.tolist()) == {5.0}


def test_a_resume_drops_what_it_undoes(tmp_path: Path) -> None:
    with EventWriter(tmp_path, 1) as events:
        events.write("resume", from_step=0)
        for step in range(1, 11):
            events.metric(step, {"train/loss": float(step), "lr": 0.0})
            events.write("sample", step=step, text="ciao")
    live = EventReader(tmp_path)
    live.read()
    with EventWriter(tmp_path, 2) as events:
        events.write("resume", from_step=6)
        events.metric(7, {"train/loss": 0.5})
    live.read()
    for reader in (live, late := EventReader(tmp_path)):
        late.read()
        steps, values = reader.series("train/loss")
        assert steps.tolist() == [1, 2, 3, 4, 5, 6, 7]
        assert values.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.5]
        assert reader.series("lr")[0].tolist() == [1, 2, 3, 4, 5, 6]
        assert [event.step for event in reader.of_kind("sample")] == [1, 2, 3, 4, 5, 6]
        assert reader.step == 7


def test_two_writers_of_one_attempt_are_merged_by_time(tmp_path: Path) -> None:
    with EventWriter(tmp_path, 1) as events, EventWriter(tmp_path, 1, "supervisor") as other:
        events.phase("training", expect=10)
        other.phase("export", expect=20)
        events.write("end", outcome="finished", reason="Done.")
        other.write("alert", message="x")
    assert event_file(tmp_path, 1, "supervisor").exists()
    kinds = [event.kind for event in EventReader(tmp_path).read()]
    assert kinds == ["phase", "phase", "end", "alert"]


def test_catching_up_is_reading(tmp_path: Path) -> None:
    """Two attempts and two writers, in steps: the same state as with an event for each line."""
    read, caught = EventReader(tmp_path), EventReader(tmp_path)
    assert not caught.catch_up()
    for attempt, first in ((1, 0), (2, 60)):
        with EventWriter(tmp_path, attempt) as events:
            events.write("resume", step=first, from_step=first)
            for step in range(first, first + 100):
                events.metric(step, {"train/loss": 1 / (step + 1), "epoch": attempt})
                if step % 30 == 0:
                    events.metric(step, {"train/loss": math.nan, "val/nll": 2.0})
                    events.write("sample", step=step, text="ciao")
            with EventWriter(tmp_path, attempt, "supervisor") as other:
                other.phase("export", expect=20)
        assert read.read() and caught.catch_up() and not caught.catch_up()
        assert (read.names(), read.step) == (caught.names(), caught.step)
        for name in read.names():
            for one, other_one in zip(read.series(name), caught.series(name), strict=True):
                assert np.array_equal(one, other_one, equal_nan=True)
        for kind in ("resume", "sample", "phase"):
            assert read.of_kind(kind) == caught.of_kind(kind) != []
    assert caught.series("train/loss")[0].tolist()[-1] == 159
    assert caught.newest("val/nll") == read.newest("val/nll")


@pytest.mark.parametrize("count", [1, 40])
def test_the_newest_event_of_a_metric_is_known(tmp_path: Path, count: int) -> None:
    reader = EventReader(tmp_path)
    with EventWriter(tmp_path, 1) as events:
        for step in range(count):
            events.metric(step, {"train/loss": 3.0, "lr": 0.5})
        events.metric(count, {"val/nll": 2.0})
        reader.catch_up()
        newest = reader.newest("train/loss")
        assert newest and newest.step == count - 1
        assert newest.fields == {"train/loss": 3.0, "lr": 0.5}
        assert reader.newest("val/bleu") is None
    with EventWriter(tmp_path, 2) as events:
        events.write("resume", step=0, from_step=0)
    reader.catch_up()
    assert reader.newest("train/loss") is None


def test_sessions_share_one_reader(tmp_path: Path) -> None:
    """Eight threads read while one writes: every event is handed out once, none is lost."""
    reader = EventReader(tmp_path)
    seen: list[int | None] = []

    def follow(stop: threading.Event) -> None:
        while not stop.is_set():
            seen.extend(event.step for event in reader.read())
            reader.series("train/loss")

    stop = threading.Event()
    threads = [threading.Thread(target=follow, args=(stop,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    with EventWriter(tmp_path, 1) as events:
        for step in range(1000):
            events.metric(step, {"train/loss": 1.0})
    stop.set()
    for thread in threads:
        thread.join()
    seen.extend(event.step for event in reader.read())
    assert sorted(step for step in seen if step is not None) == list(range(1000))
    assert reader.series("train/loss")[0].tolist() == list(range(1000))
