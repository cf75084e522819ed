"""Runs that ship: whole, small, of this machine and nobody's, and one setting apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trainer.archive import belongs
from trainer.corpora import load_data
from trainer.events import EventReader
from trainer.folder import shipped_folder
from trainer.notes import read_notes
from trainer.presets import resolve
from trainer.records import read_record
from trainer.runs import Run, load_run, status
from trainer.settings import clone, differences
from trainer.snapshots import read_snapshot, snapshot_file, taken
from trainer.validation import PROBES

MOST_BYTES = 3_400_000  # of all of them
APART = {  # the run that each is to be laid over, and the setting in which they differ
    "nano-one-head": ("nano-usual", "heads"),
    "nano-no-positions": ("nano-usual", "positions"),
    "nano-post-norm": ("nano-usual", "norm"),
    "nano-post-norm-no-warm-up": ("nano-post-norm", "warmup"),
}
SHIPPED = ("nano-usual", *APART)
HEADS = {"nano-heads-1": ("nano-heads-8", "heads")}  # two of text that does not ship
TASKS = ("encoder-only", "decoder-only", "vision", "cnn", "digits")  # all but translate
GPU = ("base", "lesson")  # made on a GPU; the first from text that does not ship
PLACE = re.compile(rb"(?<![\w.:/~<])/(?:home|root|tmp|usr|var|opt|mnt|srv|work|Users)/")


@pytest.fixture(params=(*SHIPPED, "nano-heads-8", *HEADS, *GPU, *TASKS))
def any_run(request: pytest.FixtureRequest) -> Run:
    return load_run(shipped_folder() / request.param)


@pytest.fixture(params=SHIPPED)
def run(request: pytest.FixtureRequest) -> Run:
    return load_run(shipped_folder() / request.param)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_they_are_these_and_small() -> None:
    folder = shipped_folder()
    ships = {*SHIPPED, "nano-heads-8", *HEADS, *GPU, *TASKS}
    assert {path.name for path in folder.iterdir()} == {*ships, "README.md"}
    assert sum(path.stat().st_size for path in files(folder)) < MOST_BYTES


def test_it_stands_as_a_run_that_finished(any_run: Run) -> None:
    assert not any_run.problem
    assert any_run.origin == "shipped"
    assert status(any_run).state == "finished"
    assert read_notes(any_run).name
    assert read_notes(any_run).note


def test_it_has_its_curves_and_its_translations(run: Run) -> None:
    config, samples = run.config, []
    curves: dict[str, dict[int | None, float]] = {}
    for event in EventReader(run.events).read():
        for name, value in event.fields.items() if event.kind == "metric" else ():
            curves.setdefault(name, {})[event.step] = value
        samples += [event] if event.kind == "sample" else []
    logged = list(range(config["log_every"], config["steps"] + 1, config["log_every"]))
    validated = list(range(config["valid_every"], config["steps"] + 1, config["valid_every"]))
    for name in ("train/loss", "train/nll", "lr", "tokens", "seconds"):
        assert list(curves[name]) == logged
    for name in ("val/nll", "val/chrf"):
        assert list(curves[name]) == validated
    assert [sample.step for sample in samples] == [0, *validated]
    for sample in samples:
        assert [line["src"] for line in sample.fields["translations"]][: len(PROBES)] == [*PROBES]


@pytest.mark.parametrize(
    ("name", "task", "score", "least"),
    [
        ("encoder-only", "fill", "val/accuracy", 0.45),
        ("decoder-only", "continue", "val/accuracy", 0.3),
        ("vision", "see", "val/recall", 0.85),
        ("cnn", "see", "val/recall", 0.95),
        ("digits", "see", "val/accuracy", 0.95),
    ],
)
def test_a_run_of_each_other_task_got_better(
    name: str, task: str, score: str, least: float
) -> None:
    run = load_run(shipped_folder() / name)
    assert run.config["task"] == task
    events = EventReader(run.events).read()
    scores = [event.fields[score] for event in events if score in event.fields]
    losses = [e.fields["train/loss"] for e in events if "train/loss" in e.fields]
    assert scores[-1] > least and scores[-1] > scores[0]
    assert len(losses) > 100 and losses[-1] < losses[0] / 2
    answers = [event for event in events if event.kind == "sample"]
    assert answers[0].step == 0 and len(answers) > 2


def test_the_inside_of_one_of_them_is_seen_to_change() -> None:
    run = load_run(shipped_folder() / "nano-usual")
    steps = taken(run.snapshots)
    assert steps[-1] == run.config["steps"]
    assert len(steps) > 2
    for step in steps:
        snapshot = read_snapshot(snapshot_file(run.snapshots, step))
        assert snapshot is not None
        assert [example.src for example in snapshot.examples] == [*PROBES]


def test_it_names_no_place_and_no_process(any_run: Run) -> None:
    for path in files(any_run.path):
        assert belongs(path.relative_to(any_run.path).as_posix())
        assert path.suffix == ".npz" or not PLACE.search(path.read_bytes()), path
    process = read_record(any_run.process_record(1)) or {}
    assert process.keys() == {"attempt", "engine", "device", "began"}


def test_one_command_repeats_it(run: Run) -> None:
    preset, changed = clone(run)
    assert run.config.items() <= resolve(preset, changed).to_dict().items()  # newer ones beside
    assert run.spec["data"] == {c.name: c.sha256 for c in load_data(run.config["data"])}


@pytest.mark.parametrize("name", [*APART, *HEADS])
def test_one_setting_tells_it_from_another(name: str) -> None:
    other, field = (APART | HEADS)[name]
    specs = [load_run(shipped_folder() / each).spec for each in (other, name)]
    assert [difference.field for difference in differences(*specs)] == [field]
