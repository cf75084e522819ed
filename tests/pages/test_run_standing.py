"""What sessions are told of the runs is right, and found out once for those that ask together."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pages.ui import run_standing
from pages.ui.run_standing import known_runs, known_status
from tests.pages.training_page import ended_run
from trainer.events import EventWriter
from trainer.locks import take_lock
from trainer.runs import Run, create_run, list_runs, request, status

pytestmark = pytest.mark.usefixtures("runs")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The runs whose status was found out, None for their list; a moment lasts for ever."""
    found: list[object] = []

    def noted(look: Callable[..., Any]) -> Callable[..., Any]:
        def asking(run: Run | None = None) -> Any:
            found.append(run)
            return look(run)

        return asking

    monkeypatch.setattr(run_standing, "status", noted(status))
    monkeypatch.setattr(run_standing, "list_runs", noted(list_runs))
    monkeypatch.setattr(run_standing, "SHARED", math.inf)
    return found


@pytest.fixture
def living(runs: Path) -> Iterator[Run]:
    """A run whose supervisor (this test) holds its lock."""
    run = create_run({"preset": "nano", "device": "cpu"}, [], run_id="living")
    held = take_lock(run.lock)
    assert held is not None
    os.pwrite(held, b"0001\n", 0)
    run.process_record(1).write_text("{}")
    yield run
    os.close(held)


def test_what_is_known_of_a_run_follows_it_through_a_second_attempt() -> None:
    run = ended_run()
    assert known_status(run) == status(run)
    assert known_status(run).state == "failed"
    held = take_lock(run.lock)
    assert held is not None
    os.pwrite(held, b"0002\n", 0)
    assert known_status(run).alive
    with EventWriter(run.events, 2) as events:
        events.write("resume", step=30, from_step=30)
        events.write("end", step=40, outcome="finished", reason="It is done.")
    run.exit_record(2).write_text('{"code": 0, "seconds": 1.0}')
    os.close(held)
    assert known_status(run) == status(run)
    assert known_status(run).state == "finished"


def test_runs_that_ended_are_not_read_again(asked: list[object]) -> None:
    many = [ended_run(f"run-{number}", points=3) for number in range(3)]
    fresh = [known_status(run) for run in many]
    assert asked == many
    assert [known_status(run) for run in many] == fresh
    assert asked == many


def test_twenty_viewers_of_a_living_run_ask_once(living: Run, asked: list[object]) -> None:
    with EventWriter(living.events, 1) as events:
        for step in (1, 2):
            events.metric(step, {"train/loss": 1.0})
            told = {known_status(living) for _ in range(20)}
            assert {(state.state, state.step) for state in told} == {("running", step)}
            assert len(asked) == step


def test_what_is_asked_of_a_run_is_seen_at_once(living: Run, asked: list[object]) -> None:
    assert known_status(living).state == "running"
    request(living, "stop")
    assert known_status(living).state == "stopping"


def test_what_no_file_shows_is_asked_again_after_a_moment(
    living: Run, asked: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_standing, "SHARED", 0.0)
    for number in (1, 2, 3):
        known_status(living)
        assert len(asked) == number


def test_the_runs_are_listed_once_and_a_new_one_is_among_them(asked: list[object]) -> None:
    assert known_runs() == list_runs()
    ended_run("first", points=1)
    for _ in range(20):
        assert known_runs() == list_runs() != []
    assert len(asked) == 2
