"""The form of a run: every setting, what does not go together, and the launch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.training_page import open_page, press, says, until
from trainer.config import TrainConfig
from trainer.engine_settings import ENGINES_OF
from trainer.presets import PRESETS
from trainer.runs import Run, list_runs, status
from trainer.task_settings import IMAGES, ONE_TEXT, TASKS_OF


def known(name: str) -> bool:
    """Whether a translator knows a setting."""
    return "translate" in TASKS_OF.get(name, ("translate",))


def test_every_field_of_the_config_has_a_widget_with_help_and_the_presets_value(runs: Path) -> None:
    at = open_page()
    widgets = [*at.number_input, *at.selectbox, *at.toggle, *at.text_input, *at.multiselect]
    by_name = {str(widget.key).rpartition(".")[2]: widget for widget in widgets}
    for spec in fields(TrainConfig):
        if spec.name in ("preset", "data", *ENGINES_OF) or not known(spec.name):
            continue
        widget = by_name[spec.name]
        assert spec.metadata["help"] in widget.help
        assert widget.value == getattr(PRESETS["nano"], spec.name), spec.name
    assert by_name["data"].value == ["libreoffice-help"]


def test_a_wrong_combination_is_one_sentence_before_the_launch(runs: Path) -> None:
    at = open_page()
    at.number_input(key="form.nano.heads").set_value(3).run()
    assert not at.exception
    assert "d_model 128 cannot be shared by 3 heads" in says(at)
    assert next(button for button in at.button if button.label == "Launch").disabled
    assert at.number_input(key="form.nano.heads").value == 3


def test_a_warm_up_that_nobody_typed_follows_the_steps_and_the_command_agrees(runs: Path) -> None:
    at = open_page()
    at.number_input(key="form.nano.steps").set_value(60).run()
    assert at.number_input(key="form.nano.warmup").value == 15
    assert at.code[-1].value.endswith("--preset nano --steps=60")
    at.number_input(key="form.nano.steps").set_value(300).run()
    assert at.number_input(key="form.nano.warmup").value == 75
    at.number_input(key="form.nano.warmup").set_value(100).run()
    assert at.code[-1].value.endswith("--preset nano --steps=300 --warmup=100")
    at.number_input(key="form.nano.steps").set_value(60).run()
    assert "must be less than steps (60)" in says(at)
    at.number_input(key="form.nano.warmup").set_value(15).run()
    at.number_input(key="form.nano.steps").set_value(1500).run()
    assert at.code[-1].value.endswith("--preset nano --warmup=15")


def test_a_setting_follows_the_one_it_depends_on(runs: Path) -> None:
    at = open_page()
    at.selectbox(key="form.nano.tokenizer").set_value("words").run()
    assert at.toggle(key="form.nano.tie_embeddings").value is False
    assert not [caption for caption in at.caption if ":red[" in caption.value]
    command = next(code.value for code in at.code if "trainer run" in code.value)
    assert "--tokenizer=words" in command
    assert "--tie-embeddings=false" in command


def test_what_does_not_go_together_is_marked_at_its_fields(runs: Path) -> None:
    at = open_page()
    at.number_input(key="form.nano.heads").set_value(7).run()
    marks = [caption.value for caption in at.caption if ":red[" in caption.value]
    assert len(marks) == 2, "at the heads, and at the width that they share"
    assert all("cannot be shared by 7 heads" in mark for mark in marks)
    assert next(button for button in at.button if button.label == "Launch").disabled
    at.number_input(key="form.nano.heads").set_value(8).run()
    assert not [caption for caption in at.caption if ":red[" in caption.value]


def test_two_clicks_on_one_form_are_one_run_and_a_second_launch_waits_in_line(
    small_trainer: Callable[..., Run],
) -> None:
    def form_alone() -> None:  # as when the second click comes before the page is drawn anew
        from pages.ui.prose import prose
        from pages.ui.run_form import run_form

        run_form(prose("training"))

    at = AppTest.from_function(form_alone, default_timeout=60).run()
    press(at, "Launch")
    press(at, "Launch")
    assert not at.exception
    assert len(list_runs()) == 1
    first = list_runs()[0]
    until(lambda: status(first).state == "running")

    page = press(open_page(), "Launch")
    second = list_runs()[0]
    assert len(list_runs()) == 2
    until(lambda: status(second).place)
    page.run()
    assert f"Waiting for the {status(second).reason.split()[3]} place 1 in line." in says(page)


def test_nothing_typed_is_lost_when_the_launch_fails(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path / "file" / "runs"))
    at = open_page()
    at.number_input(key="form.nano.steps").set_value(777).run()
    press(at, "Launch")
    assert not at.exception
    assert "set DAWN_RUNS to a folder that you can write to" in says(at)
    assert at.number_input(key="form.nano.steps").value == 777


def test_an_unknown_corpus_is_one_sentence(runs: Path) -> None:
    at = open_page()
    at.multiselect(key="form.nano.data").set_value([]).run()
    assert "Training text is empty: name a corpus or a file." in says(at)
    at.session_state["form.nano.data"] = ["/nowhere/at/all.tsv"]
    press(at.run(), "Launch")
    assert not at.exception
    assert "/nowhere/at/all.tsv was not found" in says(at)
    assert list_runs() == []


@pytest.mark.parametrize("preset", ["fill", "continue", "digits", "scenes"])
def test_the_form_of_another_task_shows_what_it_knows_and_makes_a_plan(
    runs: Path, preset: str
) -> None:
    at = open_page()
    at.segmented_control(key="form.preset").set_value(preset).run()
    assert not at.exception
    task = PRESETS[preset].task
    widgets = [*at.number_input, *at.selectbox, *at.toggle, *at.text_input, *at.multiselect]
    shown = {str(w.key).rpartition(".")[2] for w in widgets if f"form.{preset}." in str(w.key)}
    for name, tasks in TASKS_OF.items():
        assert (name in shown) == (task in tasks), name
    assert "hidden_share" in shown or task not in (*ONE_TEXT[:1], *IMAGES)
    assert not next(button for button in at.button if button.label == "Launch").disabled
    assert at.code[-1].value.endswith(f"--preset {preset}")
