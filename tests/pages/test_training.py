"""The training page: the form or a run, by its address, alone and through the router."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pages.training_page import PAGE, ended_run, open_page, press, says


@pytest.mark.parametrize("file", [PAGE, "app.py"])
def test_the_form_is_shown_alone_and_through_the_router(file: str, runs: Path) -> None:
    at = open_page(file)
    if file == "app.py":
        at.switch_page(PAGE).run()
    assert not at.exception
    assert at.title[0].value == "Watch it learn"
    assert "Launch" in [button.label for button in at.button]


def test_a_run_that_is_not_there_falls_back_to_the_form(runs: Path) -> None:
    for name in ("gone", "../../etc", "<b>x</b>"):
        at = open_page(run=name)
        assert not at.exception
        assert f"There is no run “{name}” here" in says(at)
        assert "Launch" in [button.label for button in at.button]


def test_a_broken_run_is_listed_with_its_reason(runs: Path) -> None:
    ended_run("good")
    (ended_run("broken").path / "spec.json").write_text("{")
    at = open_page(run="broken")
    assert not at.exception
    assert "Its spec.json is missing or broken" in says(at)
    assert {"good", "broken"} <= {button.label for button in at.button}
    press(at, "good")
    assert not at.exception
    assert "The loss became nan" in says(at)


def test_an_exported_model_is_linked_from_its_run(dawn_runs: Path) -> None:
    ended_run("learned")
    (dawn_runs / "toy" / "export").rename(dawn_runs / "learned" / "export")
    at = open_page("app.py", run="learned", src="hello", tgt="ciao")
    at.switch_page(PAGE).run()
    assert not at.exception
    links = [e.proto for e in at.main.get("page_link")]
    attention = next(link for link in links if link.label == "Attention")
    assert "model=learned" in attention.query_string
    assert "src=hello" in attention.query_string
    assert "tgt" not in attention.query_string


def test_the_menu_comes_back_to_the_run_shown(runs: Path) -> None:
    ended_run()
    at = open_page("app.py", run="toy")
    at.switch_page(PAGE).run()
    at.run()
    link = next(e.proto for e in at.sidebar.get("page_link") if e.proto.label == "Training")
    assert "run=toy" in link.query_string
