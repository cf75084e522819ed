"""Events: what is written can be read, whatever happens to the disk in between."""

from __future__ import annotations

import json
import math
import os
import resource
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from trainer.events import (
    MAX_LINE,
    EventReader,
    EventWriter,
    event_file,
    last_events,
    minmax_downsample,
)

ROOT = Path(__file__).resolve().parents[2]


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def raw_metric(step: int, loss: float = 1.0, attempt: int = 1) -> bytes:
    record = {
        "schema": 1, "attempt": attempt, "seq": step, "wall": 1.0, "mono": float(step),
        "kind": "metric", "step": step, "phase": "training", "train/loss": loss,
    }  # fmt: skip
    return json.dumps(record).encode() + b"\n"


def test_every_event_carries_its_header(tmp_path: Path) -> None:
    with EventWriter(tmp_path, 2) as events:
        events.phase("training", expect=5)
        events.metric(3, {"train/loss": 4.5})
    first, second = lines(tmp_path / "0002.jsonl")
    assert first["kind"] == "phase" and first["expect"] == 5 and first["step"] is None
    assert second["train/loss"] == 4.5
    assert (second["schema"], second["attempt"], second["seq"]) == (1, 2, 1)
    assert (second["kind"], second["step"], second["phase"]) == ("metric", 3, "training")
    assert second["mono"] >= first["mono"] and second["wall"] > 1.6e9


def test_numbers_without_a_value_are_null_and_named(tmp_path: Path) -> None:
    with EventWriter(tmp_path, 1) as events:
        events.metric(0, {"a": math.nan, "b": math.inf, "c": -math.inf, "zero": 0.0, "int": 0})
        events.write("sample", step=1, beams=[{"score": math.nan}], scores=np.float32("inf"))
    metric, sample = lines(tmp_path / "0001.jsonl")
    assert metric["nonfinite"] == {"a": "nan", "b": "inf", "c": "-inf"}
    assert metric["a"] is metric["b"] is metric["c"] is None
    assert metric["zero"] == 0.0 and metric["int"] == 0
    assert sample["nonfinite"] == {"beams.0.score": "nan", "scores": "inf"}
    reader = EventReader(tmp_path)
    reader.read()
    assert np.isnan(reader.series("a")[1][0])
    assert reader.series("b")[1][0] == math.inf and reader.series("c")[1][0] == -math.inf
    assert reader.series("zero")[1].tolist() == [0.0] and reader.series("zero")[0].tolist() == [0]
    assert reader.step == 1


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


def test_arrays_and_odd_text_are_written(tmp_path: Path) -> None:
    text = "perché\u2028\n\x00 \ud83c <b>"
    with EventWriter(tmp_path, 1) as events:
        events.write("sample", text=text, row=np.arange(3), value=np.float32(0.5))
    (event,) = EventReader(tmp_path).read()
    assert event.fields["text"] == text.replace("\ud83c", "?")
    assert event.fields["row"] == [0, 1, 2] and event.fields["value"] == 0.5


def test_mistakes_of_the_caller_are_loud(tmp_path: Path) -> None:
    events = EventWriter(tmp_path, 1)
    with pytest.raises(ValueError, match="no kind of event"):
        events.write("metrics", step=1)
    with pytest.raises(ValueError, match="header"):
        events.metric(1, {"wall": 3.0})
    with pytest.raises(TypeError, match="object"):
        events.write("sample", thing=object())


def test_a_disk_that_refuses_never_stops_the_training(tmp_path: Path) -> None:
    """A real limit on file size: the line that does not fit is torn, later ones are whole."""
    program = f"""
import resource, signal
from pathlib import Path
from trainer.events import EventWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
events = EventWriter(Path({str(tmp_path)!r}), 1)
for step in range(20):
    if step == 5:
        size = events.path.stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, resource.RLIM_INFINITY))
    if step == 10:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    events.metric(step, {{"train/loss": float(step)}})
"""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr.count("could not be written") == 1
    reader = EventReader(tmp_path)
    reader.read()
    assert reader.series("train/loss")[0].tolist() == [0, 1, 2, 3, 4, *range(10, 20)]
    assert reader.skipped == 1
    (alert,) = reader.of_kind("alert")
    assert alert.fields["message"].startswith("5 events were lost")


def test_a_folder_that_is_gone_never_stops_the_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = EventWriter(tmp_path / "events", 1)
    events.metric(1, {"train/loss": 1.0})
    events.metric(2, {"train/loss": 1.0})
    assert capsys.readouterr().err.count("could not be written") == 1
    (tmp_path / "events").mkdir()
    events.metric(3, {"train/loss": 1.0})
    reader = EventReader(tmp_path / "events")
    assert [event.kind for event in reader.read()] == ["alert", "metric"]


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


def test_the_end_of_a_file_is_read_without_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "0001.jsonl"
    path.write_bytes(b"".join(raw_metric(step) for step in range(5_000)) + b"torn")
    newest = list(last_events(path))
    assert newest[0].step == 4_999 and newest[1].step == 4_998
    assert len(newest) < 200
    with open(path, "ab") as file:
        file.write(b"x" * 50_000 + b"\n")
    assert next(last_events(path)).step == 4_999
    assert list(last_events(tmp_path / "none.jsonl")) == []


def test_a_spike_survives_downsampling() -> None:
    y = np.zeros(100_000)
    y[54_321], y[77_777] = 9.0, -9.0
    x = np.arange(100_000)
    xs, ys = minmax_downsample(x, y, 1_000)
    assert len(xs) == len(ys) <= 1_000
    assert 54_321 in xs and 77_777 in xs and ys.max() == 9.0 and ys.min() == -9.0
    assert xs[0] == 0 and xs[-1] == 99_999 and (np.diff(xs) > 0).all()


@pytest.mark.parametrize("count", [0, 1, 5, 101, 103, 997])
def test_downsampling_keeps_points_as_they_are(count: int) -> None:
    x, y = np.arange(count), np.random.default_rng(0).normal(size=count)
    xs, ys = minmax_downsample(x, y, 100)
    assert len(xs) <= max(100, 0) and np.array_equal(ys, y[xs])
    assert count > 100 or np.array_equal(xs, x)


def test_a_gap_stays_a_gap() -> None:
    y = np.ones(1_000)
    y[400:600] = np.nan
    xs, ys = minmax_downsample(np.arange(1_000), y, 100)
    assert np.isnan(ys[(xs > 420) & (xs < 580)]).all() and np.isnan(ys).any()
    assert np.isfinite(ys[(xs < 380) | (xs > 620)]).all()
    with pytest.raises(ValueError, match="four"):
        minmax_downsample(y, y, 3)
