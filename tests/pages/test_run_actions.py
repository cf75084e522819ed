"""What is asked of a run from the page reaches it; a real supervisor answers."""

from __future__ import annotations

from collections.abc import Callable

from tests.pages.blobs import sent
from tests.pages.training_page import open_page, press, says, until
from trainer.runs import Run, list_runs, status


def test_a_launch_shows_the_run_and_stop_and_resume_are_heard(
    small_trainer: Callable[..., Run],
) -> None:
    at = open_page()
    at.number_input(key="form.nano.steps").set_value(700).run()
    press(at, "Launch")
    assert not at.exception
    (run,) = list_runs()
    assert at.query_params["run"] in (run.id, [run.id])
    assert run.config["steps"] == 700
    assert run.spec["argv"][-1] == "--steps=700"
    assert run.spec["data"].keys() == {"libreoffice-help"}
    until(lambda: status(run).step)
    at.run()
    assert "running" in says(at)
    end = sent(at, "panels")[0]["ends"]["step"]
    assert not end & (end - 1)  # a power of two
    press(at, "Stop")
    until(lambda: not status(run).alive)
    at.run()
    assert status(run).state == "stopped"
    assert "It was asked to stop." in says(at)
    press(at, "Resume")
    assert not at.exception
    assert status(run).attempt == 2


def test_a_save_is_asked_for_and_a_kill_says_its_price(
    small_trainer: Callable[..., Run],
) -> None:
    at = open_page()
    press(at, "Launch")
    (run,) = list_runs()
    until(lambda: (status(run).step or 0) > 1)
    at.run()
    at.session_state["run.also"] = True  # a click opens it
    at.run()
    press(at, "Save now")
    assert (run.control / "save").exists()
    assert "All it has learned is lost" in says(at)
    press(at, "Kill")
    until(lambda: not status(run).alive)
    assert (run.control / "kill").exists()
    assert status(run).state == "stopped"
