"""What is written can be read, whatever happens to the disk in between."""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from trainer.events import EventReader, EventWriter

ROOT = Path(__file__).resolve().parents[2]


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


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
