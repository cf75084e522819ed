"""What a person reads on the terminal."""

from __future__ import annotations

from typing import Any

import pytest

from trainer.events import Event
from trainer.progress import Progress, duration


def event(kind: str, step: int | None, mono: float, attempt: int = 1, **fields: Any) -> Event:
    phase = fields.pop("phase", "training")
    return Event(kind, step, attempt, 0, 0.0, mono, phase, fields)


def point(step: int, mono: float, attempt: int = 1) -> Event:
    values = {"train/loss": 5.1234, "train/nll": 4.9, "lr": 3e-3, "tokens_per_second": 1234.5}
    return event("metric", step, mono, attempt, **values)


def test_a_line_every_ten_seconds_with_the_time_left() -> None:
    progress = Progress(steps=1500, attempt=1)
    lines = [line for step in range(1, 1501) for line in progress.lines(point(step, step * 0.5))]
    assert lines[0] == "step     1/1,500  loss 5.123  nll 4.900  rate 3.00e-03  1,234 tokens/s"
    assert lines[1].startswith("step    21/1,500  loss 5.123")
    assert lines[1].endswith("1,234 tokens/s  12 min left")
    assert lines[-1].startswith("step 1,500/1,500")
    assert len(lines) == 76


@pytest.mark.parametrize(
    ("task", "unit"), [("see", "images"), ("fill", "hidden pieces"), ("continue", "tokens")]
)
def test_speed_is_of_what_has_a_label(task: str, unit: str) -> None:
    (line,) = Progress(steps=9, attempt=1, task=task).lines(point(1, 0.0))
    assert line.endswith(f"1,234 {unit}/s")


def test_validation_epochs_and_translations() -> None:
    progress = Progress(steps=100, attempt=1)
    values: dict[str, Any] = {
        "val/loss": 3.0, "val/nll": 2.5, "val/bits_per_character": 1.75, "val/bleu": 12.34,
        "val/chrf": 33.33,
    }  # fmt: skip
    assert progress.lines(event("metric", 50, 1.0, **values)) == [
        "step 50  held out: loss 3.000  nll 2.500  1.750 bits/char  BLEU 12.3  chrF 33.3"
    ]
    means: dict[str, Any] = {"epoch/loss": 3.5, "epoch/nll": 3.0, "epoch": 1}
    whole, part = event("metric", 50, 1.0, **means), event("metric", 50, 1.0, **means)
    whole.fields["epoch/share"], part.fields["epoch/share"] = 1.0, 0.25
    assert progress.lines(whole) == ["epoch 2  mean loss 3.500"]
    assert progress.lines(part) == ["epoch 2 (25%)  mean loss 3.500"]
    sample = event("sample", 50, 1.0, translations=[{"src": "one cat", "out": "un gatto"}])
    assert progress.lines(sample) == ["    one cat", "      -> un gatto"]


def test_what_the_machine_does_is_passed_over() -> None:
    readings: dict[str, Any] = {"machine/cpu": 90.0}
    assert Progress(100, 1).lines(event("metric", 3, 1.0, **readings)) == []


def test_a_nan_and_a_finish_are_shown() -> None:
    progress = Progress(steps=100, attempt=1)
    bad = point(1, 0.0)
    bad.fields["train/loss"] = None
    assert "loss nan" in progress.lines(bad)[0]
    told = event("alert", 1, 0.0, message="Finishing: the rate falls until step 3.", last_step=3)
    assert progress.lines(told) == ["Finishing: the rate falls until step 3."]
    assert progress.lines(point(3, 0.1))[0].startswith("step 3/3")


def test_earlier_attempts_are_passed_over() -> None:
    progress = Progress(steps=100, attempt=2)
    assert progress.lines(point(1, 0.0)) == []
    resumed = event("resume", 40, 50.0, attempt=2, from_step=40)
    assert progress.lines(resumed) == ["Going on from step 40."]
    assert len(progress.lines(point(41, 60.0, attempt=2))) == 1


def test_an_attempt_that_follows_by_itself_is_followed() -> None:
    progress = Progress(steps=100, attempt=1)
    for step in (1, 50):
        progress.lines(point(step, float(step)))
    resumed = event("resume", 40, 60.0, attempt=2, from_step=40)
    assert progress.lines(resumed) == ["Going on from step 40."]
    assert "left" not in progress.lines(point(41, 61.0, attempt=2))[0], "its pace is its own"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (89, "89 s"), (91, "2 min"), (3599, "1 h 00 min"), (12_000, "3 h 20 min")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_validation_of_another_task_tells_its_own_scores() -> None:
    values: dict[str, Any] = {"val/loss": 1.0, "val/nll": 0.5, "val/accuracy": 0.9}
    assert Progress(steps=100, attempt=1).lines(event("metric", 50, 1.0, **values)) == [
        "step 50  held out: loss 1.000  nll 0.500  accuracy 0.900"
    ]
