"""The training page: form, launch, live run, history; real run folders and real supervisors."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import run_form
from tests.pages.blobs import sent
from trainer.config import TrainConfig
from trainer.engine_settings import ENGINES_OF
from trainer.events import EventWriter
from trainer.launch import launch
from trainer.locks import is_locked
from trainer.presets import PRESETS
from trainer.runs import Run, create_run, list_runs, status

ROOT = Path(__file__).resolve().parents[2]
PAGE = "pages/train/training.py"
TRAINER = """
import sys, time
from pathlib import Path
from trainer.events import EventWriter

folder, attempt = Path(sys.argv[1]), int(sys.argv[3])
with EventWriter(folder / "events", attempt) as events:
    events.write("resume", step=0, from_step=0)
    events.phase("training", expect=60, step=0)
    for step in range(1, 10_000):
        if (folder / "control" / "stop").exists():
            break
        events.metric(step, {"train/loss": 9 / step, "train/nll": 8 / step})
        time.sleep(0.02)
    events.write("end", outcome="stopped", reason="It was asked to stop.")
"""


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


@pytest.fixture
def small_trainer(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Run]]:
    """The page's launches, by a real supervisor, start a small trainer that trains nothing."""
    (tmp_path / "train.py").write_text(TRAINER)
    nothing = [sys.executable, "-c", ""]
    start = partial(launch, trainer=[sys.executable, str(tmp_path / "train.py")], exporter=nothing)
    monkeypatch.setattr(run_form, "launch", start)
    yield start
    for run in list_runs():
        until(partial(stopped, run))


def stopped(run: Run) -> bool:
    if is_locked(run.lock):
        (run.control / "stop").touch()
        return False
    return True


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def open_page(file: str = PAGE, **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / file), default_timeout=60)
    for name, value in query.items():
        at.query_params[name] = value
    return at.run()


def press(at: AppTest, label: str) -> AppTest:
    return next(button for button in at.button if button.label == label).click().run()


def ended_run(run_id: str = "toy", points: int = 30) -> Run:
    """A run that trained, was validated, and has ended; nothing was ever started."""
    run = create_run(PRESETS["nano"].to_dict(), ["python"], run_id=run_id)
    with EventWriter(run.events, 1) as events:
        events.write("resume", step=0, from_step=0)
        events.phase("training", expect=60, step=0)
        for step in range(1, points + 1):
            loss = float("nan") if step == 20 else 9.0 - step / 10
            events.metric(step, {"train/loss": loss, "train/nll": loss, "lr": 0.0})
        events.metric(points, {"val/nll": 5.5, "val/bleu": 0.0, "val/chrf": 3.0})
        lines = [{"src": "<b>hello</b>", "out": "<script>x</script>", "ref": "ciao"}]
        events.write("sample", step=points, translations=lines)
        events.write("end", outcome="failed", reason="The loss became nan at step 20.")
    run.exit_record(1).write_text('{"code": 0, "seconds": 75.0}')
    return run


def says(at: AppTest) -> str:
    """All that is written on the page, as a person reads it."""
    texts = [e.value for kind in (at.warning, at.info, at.caption, at.markdown) for e in kind]
    texts += [element.proto.body for element in at.get("html")]
    return " ".join(texts).replace("\u2060", "").replace("\\", "")


@pytest.mark.parametrize("file", [PAGE, "app.py"])
def test_the_form_is_shown_alone_and_through_the_router(file: str, runs: Path) -> None:
    at = open_page(file)
    if file == "app.py":
        at.switch_page(PAGE).run()
    assert not at.exception
    assert at.title[0].value == "Watch it learn"
    assert "Launch" in [button.label for button in at.button]


def test_every_field_of_the_config_has_a_widget_with_help_and_the_presets_value(runs: Path) -> None:
    at = open_page()
    widgets = [*at.number_input, *at.selectbox, *at.toggle, *at.text_input, *at.multiselect]
    by_name = {str(widget.key).rpartition(".")[2]: widget for widget in widgets}
    for spec in fields(TrainConfig):
        if spec.name in ("preset", "data", *ENGINES_OF):
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


def test_an_ended_run_is_shown_with_its_reason_its_numbers_and_its_words(runs: Path) -> None:
    ended_run()
    at = open_page(run="toy")
    assert not at.exception
    assert "failed" in says(at)
    assert "The loss became nan at step 20." in says(at)
    assert "1 min 15 s" in says(at)
    assert "&lt;script&gt;" in says(at)
    assert "<script>" not in says(at)
    assert "Resume" in [button.label for button in at.button]


def test_nan_is_a_gap_with_a_mark_and_zero_is_a_value(runs: Path) -> None:
    ended_run()
    header, arrays = sent(open_page(run="toy"), "panels")
    loss = next(c for c in header["panels"][0]["curves"] if c["label"] == "each point")
    assert np.isnan(arrays[loss["y"]][19])
    np.testing.assert_allclose(arrays[loss["gaps"]], [20, 9.0 - 1.9], rtol=1e-6)
    rate = header["panels"][1]["curves"][0]
    assert (arrays[rate["y"]] == 0).all()
    assert header["panels"][1]["range"][0] == 0


def test_at_most_2000_points_are_sent(runs: Path) -> None:
    ended_run(points=6000)
    header, arrays = sent(open_page(run="toy"), "panels")
    points = sum(len(arrays[c["y"]]) for panel in header["panels"] for c in panel["curves"])
    assert 800 < points <= 2000
    assert header["ends"]["step"] == 6000


def test_a_run_that_never_trained_has_no_empty_curves(runs: Path) -> None:
    create_run(PRESETS["nano"].to_dict(), ["python"], run_id="prepared")
    at = open_page(run="prepared")
    assert not at.exception
    assert "It was prepared and never started." in says(at)
    with pytest.raises(AssertionError, match="no component was given 'panels'"):
        sent(at, "panels")


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


def test_runs_are_compared_by_their_address(runs: Path) -> None:
    for name in ("one", "two", "three"):
        ended_run(name, points=50)
    at = open_page(runs="three,gone,one")
    assert not at.exception
    header, _ = sent(at, "panels")
    assert [curve["label"] for curve in header["panels"][0]["curves"]] == ["three", "one"]
    at.multiselect[0].set_value(["three", "one", "two"]).run()
    assert at.query_params["runs"] in ("three,one,two", ["three,one,two"])
    at.multiselect[0].set_value([]).run()
    assert "Choose the runs to lay over each other." in says(at)
    press(at, "Close")
    assert "Launch" in [button.label for button in at.button]


def test_a_link_to_more_runs_than_there_are_colours_shows_the_first(runs: Path) -> None:
    names = [f"run-{number}" for number in range(18)]
    for name in names:
        create_run({"preset": "nano"}, ["test"], run_id=name)
    at = open_page(runs=",".join(names))
    assert not at.exception
    assert at.multiselect[0].value == names[:16]
