"""A run of each task is spoken of in its own words: its score, its speed, its answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages.ui.catalogue import has_model, list_models, list_one_stream
from pages.ui.runs import POINTS
from pages.ui.task_words import WORDS, pages_of
from tests.pages.blobs import sent
from tests.pages.training_page import open_page, says
from trainer.events import EventWriter
from trainer.folder import shipped_folder
from trainer.presets import PRESETS, resolve
from trainer.runs import create_run, load_run
from trainer.task_settings import TASKS
from transformer.folders import ONE_STREAM

SHOWN = {
    "nano": ("BLEU", "4.0", "Tokens a second", "Translations", "per target token"),
    "fill": ("Accuracy", "25.0%", "Hidden pieces a second", "Filled words", "per hidden piece"),
    "continue": (
        "Next-piece accuracy", "25.0%", "Tokens a second", "Continuations", "per target token",
    ),
    "digits": ("Accuracy", "25.0%", "Images a second", "What it sees", "per image"),
    "scenes": ("Recall", "25.0%", "Images a second", "What it sees", "per image"),
}  # fmt: skip
SCORED = {"nano": "val/bleu", "scenes": "val/recall"}


@pytest.mark.parametrize(
    ("preset", "changes", "pages"),
    [
        ("fill", {}, {"machines": "encoder-toy"}),
        ("continue", {}, {"machines": "decoder-toy"}),
        ("digits", {}, {"vision": "model-toy"}),
        ("scenes", {}, {"vision": "model-toy", "gradcam": "model-toy"}),
        ("scenes", {"eyes": "cnn"}, {"gradcam": "model-toy"}),
        ("digits", {"eyes": "cnn"}, {}),
    ],
)
def test_a_run_is_opened_where_its_model_can_be_looked_into(
    runs: Path, preset: str, changes: dict[str, str], pages: dict[str, str]
) -> None:
    run = create_run(resolve(preset, changes).to_dict(), ["python"], run_id="toy")
    assert pages_of(run) == {page: {page: value} for page, value in pages.items()}


def test_every_task_has_words_whose_scores_are_read() -> None:
    assert set(WORDS) == set(TASKS)
    for words in WORDS.values():
        assert {metric for metric, _, _ in words.scores} <= set(POINTS)


@pytest.mark.parametrize("preset", SHOWN)
def test_a_run_is_told_in_the_words_of_its_task(runs: Path, preset: str) -> None:
    run = create_run(PRESETS[preset].to_dict(), ["python"], run_id="toy")
    with EventWriter(run.events, 1) as events:
        events.write("resume", step=0, from_step=0)
        for step in range(1, 31):
            events.metric(step, {"train/loss": 5.0, "train/nll": 5.0, "tokens_per_second": 9.0})
        score = 4.0 if preset == "nano" else 0.25
        events.metric(30, {"val/nll": 4.0, SCORED.get(preset, "val/accuracy"): score})
        events.write("sample", step=30, translations=[{"src": "one", "out": "uno"}])
        events.write("end", outcome="finished", reason="All steps are done.")
    run.exit_record(1).write_text('{"code": 0, "seconds": 75.0}')
    at = open_page(run="toy")
    assert not at.exception
    name, value, speed, answers, loss = SHOWN[preset]
    shown = says(at)
    assert f"<dt>{name}</dt><dd>{value}" in shown and loss in shown
    header, _ = sent(at, "panels")
    assert speed == f"{header['labels'].capitalize()} a second"
    panels = {panel["title"]: panel for panel in header["panels"]}
    assert speed in panels and panels["Scores"]["curves"][0]["label"] == name
    assert bool(panels["Loss"]["marks"]) == (preset == "nano")
    views = at.segmented_control(key=f"run.below.{answers}").options
    assert views[0] == answers and ("Inside the model" in views) == (preset == "nano")


@pytest.mark.parametrize(
    "name", ["encoder-only", "decoder-only", "vision", "cnn", "digits", "nano-heads-8"]
)
def test_a_run_that_ships_opens_the_model_that_ships(runs: Path, name: str) -> None:
    run = load_run(shipped_folder() / name)
    assert has_model(run)
    for page, opened in pages_of(run).items():
        asked = opened.get("model") or opened[page].split("-", 1)[1]
        assert asked == name
    keys = [info.key for info in list_models()] + [i.key for i in list_one_stream(*ONE_STREAM)]
    assert name in keys
    assert not has_model(create_run(PRESETS["nano"].to_dict(), ["python"], run_id="base"))
    assert not has_model(load_run(shipped_folder() / "lesson"))
