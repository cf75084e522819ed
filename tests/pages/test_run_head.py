"""How a run stands, in words."""

from __future__ import annotations

from dataclasses import replace

from pages.ui.run_head import sentence
from trainer.runs import Status

RUNNING = Status("running", "", 1, "training", 40)


def quiet_for(seconds: float, promised: float | None) -> Status:
    return replace(RUNNING, quiet=seconds, promised=promised)


def test_a_short_silence_needs_no_mention() -> None:
    assert sentence(quiet_for(3.0, 15.0)) == "Training."
    assert sentence(quiet_for(400.0, None)) == "Training."
    assert sentence(RUNNING) == "Training."


def test_a_long_silence_is_told_with_its_promise() -> None:
    assert sentence(quiet_for(12.0, 15.0)) == "Training. Quiet for 12 s (promised 15 s)."


def test_a_broken_promise_is_a_question_not_a_failure() -> None:
    told = sentence(quiet_for(75.0, 15.0))
    assert told == "Training. Quiet for 1 min 15 s (promised 15 s): stalled, asleep, or very busy?"


def test_a_run_that_ended_says_why() -> None:
    ended = Status("failed", "The disk was full.", 1, None, 40)
    assert sentence(ended) == "The disk was full."
