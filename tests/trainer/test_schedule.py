"""The learning rate, by its properties."""

from __future__ import annotations

import pytest

from trainer.config import TrainConfig
from trainer.presets import resolve
from trainer.schedule import learning_rate


def config(schedule: str, **changes: object) -> TrainConfig:
    settings = {"steps": 100, "warmup": 10, "rate": 0.5, "decay_share": 0.4}
    return resolve("nano", settings | {"schedule": schedule} | changes)


@pytest.mark.parametrize("schedule", ["trapezoid", "paper", "constant"])
def test_the_warm_up_is_a_straight_line_to_the_peak(schedule: str) -> None:
    rates = [learning_rate(config(schedule), step) for step in range(10)]
    assert rates == pytest.approx([0.05 * number for number in range(1, 11)])


def test_a_trapezoid() -> None:
    rates = [learning_rate(config("trapezoid"), step) for step in range(100)]
    assert rates[9:61] == pytest.approx([0.5] * 52)
    assert rates[60:] == pytest.approx([0.5 * (100 - step) / 40 for step in range(60, 100)])
    assert learning_rate(config("trapezoid"), 100) == 0.0


def test_a_trapezoid_that_never_falls() -> None:
    flat = config("trapezoid", decay_share=0.0)
    assert {learning_rate(flat, step) for step in range(9, 100)} == {0.5}


def test_the_papers_equation_3() -> None:
    """D^-0.5 · min(step^-0.5, step · warmup^-1.5), with `rate` for D^-0.5 · warmup^-0.5."""
    paper = config("paper")
    for step in range(100):
        number = step + 1
        wanted = 0.5 * 10**0.5 * min(number**-0.5, number * 10**-1.5)
        assert learning_rate(paper, step) == pytest.approx(wanted)


@pytest.mark.parametrize("schedule", ["trapezoid", "paper", "constant"])
@pytest.mark.parametrize("falls_from", [4, 30, 80])
def test_a_finish_goes_down_from_where_the_rate_was(schedule: str, falls_from: int) -> None:
    one, last = config(schedule), falls_from + 10
    rates = [learning_rate(one, step, last, falls_from) for step in range(last + 1)]
    own = [learning_rate(one, step) for step in range(falls_from + 1)]
    assert rates[: falls_from + 1] == pytest.approx(own)
    assert rates[falls_from:] == pytest.approx(
        [own[-1] * (last - step) / 10 for step in range(falls_from, last + 1)]
    )
    assert rates[-1] == 0.0
