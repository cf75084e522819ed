"""Runs laid over each other: a colour each, their own tokens and seconds, and what differs."""

from __future__ import annotations

import numpy as np
import pytest

from pages.ui.run_compare import compared_blob, differing, results_table, table
from pages.ui.runs import watch
from tests.pages.blobs import read_blob, sent
from tests.pages.training_page import ended_run, open_page, press, says
from trainer.events import EventWriter
from trainer.presets import PRESETS, resolve
from trainer.runs import Run, create_run

pytestmark = pytest.mark.usefixtures("runs")


def a_run(name: str, speed: float = 0.0, **changes: object) -> Run:
    """A run of 40 steps; with a speed, it tells of its tokens and seconds."""
    run = create_run(resolve("nano", changes).to_dict(), ["test"], run_id=name)
    with EventWriter(run.events, 1) as events:
        for step in range(1, 41):
            counts = {"tokens": 1000.0 * step, "seconds": step / speed} if speed else {}
            events.metric(step, {"train/loss": 9.0 / step, **counts})
        events.metric(40, {"val/nll": 3.25})
    return run


def blob_of(*runs: Run) -> tuple[dict, dict[str, np.ndarray]]:
    return read_blob(compared_blob(runs, {run.id: watch(run).read() for run in runs}, 5))


def test_each_run_has_its_colour_and_its_own_axes() -> None:
    header, arrays = blob_of(a_run("slow", speed=1.0), a_run("fast", speed=10.0))
    assert header["ends"] == {"step": 40, "tokens": 40_000.0, "seconds": 40.0}
    loss, nll = header["panels"][:2]
    assert [curve["label"] for curve in loss["curves"]] == ["slow", "fast"]
    assert len({curve["colour"] for curve in loss["curves"]}) == 2
    assert [c["colour"] for c in loss["curves"]] == [c["colour"] for c in nll["curves"]]
    ends = [arrays[curve["axes"]["seconds"]][-1] for curve in loss["curves"]]
    assert ends == [40.0, 4.0]


def test_an_axis_is_offered_only_where_all_runs_tell_of_it() -> None:
    header, _ = blob_of(a_run("old"), a_run("new", speed=1.0))
    assert header["ends"] == {"step": 40}
    assert all(not curve["axes"] for panel in header["panels"] for curve in panel["curves"])


def test_only_what_differs_is_told() -> None:
    assert differing([a_run("a"), a_run("b")]) == []
    three = [a_run("c", heads=1), a_run("d"), a_run("e", heads=1, rate=0.5)]
    assert differing(three) == [("heads", [1, 4, 1]), ("rate", [3e-3, 3e-3, 0.5])]


def test_results_are_those_of_the_events() -> None:
    run = a_run("it", speed=2.0)
    shown = results_table([run], {run.id: watch(run).read()})
    assert "<td>3.250</td>" in shown
    assert "<td>40,000</td>" in shown
    assert "BLEU" not in shown  # none was told


def test_each_task_brings_its_own_score_and_its_own_labels() -> None:
    eyes = create_run(PRESETS["scenes"].to_dict(), ["test"], run_id="eyes")
    with EventWriter(eyes.events, 1) as events:
        events.metric(30, {"val/nll": 4.0, "val/recall": 0.25, "val/style_recall": 0.125})
    words = a_run("words")
    with EventWriter(words.events, 1) as events:
        events.metric(40, {"val/bleu": 12.5, "val/chrf": 30.0})
    titles = [panel["title"] for panel in blob_of(eyes, words)[0]["panels"]]
    assert titles == ["Training loss", "Held-out NLL", "Recall", "BLEU", "Labels a second"]
    assert "Images a second" in [panel["title"] for panel in blob_of(eyes)[0]["panels"]]
    both = [eyes, words]
    shown = results_table(both, {run.id: watch(run).read() for run in both})
    names = "Loss", "Held-out NLL", "Recall", "Of the other style", "BLEU", "ChrF", "Labels"
    assert "".join(f"<th>{name}</th>" for name in names) in shown
    assert "<td>–</td><td>4.000</td><td>25.0%</td><td>12.5%</td><td>–</td><td>–</td>" in shown


def test_what_two_tasks_call_alike_is_not_laid_over_each_other() -> None:
    runs = []
    for preset, accuracy in (("fill", 0.5), ("continue", 0.25)):
        run = create_run(PRESETS[preset].to_dict(), ["test"], run_id=preset)
        with EventWriter(run.events, 1) as events:
            events.metric(30, {"val/nll": 4.0, "val/accuracy": accuracy})
        runs.append(run)
    panels = {panel["title"]: panel["curves"] for panel in blob_of(*runs)[0]["panels"]}
    assert [curve["label"] for curve in panels["Accuracy"]] == ["fill"]
    assert [curve["label"] for curve in panels["Next-piece accuracy"]] == ["continue"]
    assert len(panels["Held-out NLL"]) == 2
    shown = results_table(runs, {run.id: watch(run).read() for run in runs})
    assert "<td>50.0%</td><td>–</td>" in shown and "<td>–</td><td>25.0%</td>" in shown


def test_a_name_is_text() -> None:
    assert "<b>" not in table(("<b>", ""), [("<b>x</b>", "y")])


def test_a_link_to_runs_that_are_not_there_says_which() -> None:
    a_run("here")
    at = open_page(runs="here,<gone>,lost")
    assert not at.exception
    assert "There is no run “<gone>”, “lost” here: choose others to compare." in says(at)
    assert at.multiselect[0].value == ["here"]


def test_runs_are_compared_by_their_address() -> None:
    for name in ("one", "two", "three"):
        ended_run(name, points=50)
    at = open_page(runs="three,gone,one")
    assert not at.exception
    header, _ = sent(at, "panels")
    assert [curve["label"] for curve in header["panels"][0]["curves"]] == ["three", "one"]
    at.multiselect[0].set_value(["three", "one", "two"]).run()
    assert at.query_params["runs"] in ("three,one,two", ["three,one,two"])
    at.multiselect[0].set_value([]).run()
    assert "Choose the runs to lay over each other." in says(at)
    press(at, "Close")
    assert "Launch" in [button.label for button in at.button]


def test_a_link_to_more_runs_than_there_are_colours_shows_the_first() -> None:
    names = [f"run-{number}" for number in range(18)]
    for name in names:
        create_run({"preset": "nano"}, ["test"], run_id=name)
    at = open_page(runs=",".join(names))
    assert not at.exception
    assert at.multiselect[0].value == names[:16]
