"""The list of runs: each row's status is right, however many there are."""

from __future__ import annotations

import os

import pytest

from pages.ui.run_list import SHOWN
from tests.pages.training_page import ended_run, open_page, says
from trainer.locks import take_lock

pytestmark = pytest.mark.usefixtures("runs")


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
