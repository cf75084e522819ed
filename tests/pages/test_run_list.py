"""The list of runs: each row's status is right, however many there are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pages.ui import runs as run_pages
from pages.ui.run_list import SHOWN
from pages.ui.runs import known_status
from tests.pages.test_training import ended_run, open_page, says
from trainer.events import EventWriter
from trainer.locks import take_lock
from trainer.runs import Run, Status, status


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


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


def test_runs_that_ended_are_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [ended_run(f"run-{number}", points=3) for number in range(3)]
    asked: list[Run] = []

    def noted(run: Run) -> Status:
        asked.append(run)
        return status(run)

    monkeypatch.setattr(run_pages, "status", noted)
    fresh = [known_status(run) for run in many]
    assert asked == many
    assert [known_status(run) for run in many] == fresh
    assert asked == many


def test_with_all_runs_shown_an_old_one_that_lives_is_kept_up_to_date() -> None:
    oldest = ended_run("oldest")
    held = take_lock(oldest.lock)
    assert held is not None
    os.pwrite(held, b"0002\n", 0)
    for number in range(SHOWN):
        ended_run(f"later-{number}")
    at = open_page()
    assert "queued" not in says(at)
    at.session_state["runs.all"] = True
    at.run()
    assert not at.exception
    assert "queued" in says(at)
    os.close(held)
    at.run()
    assert "queued" not in says(at)
