"""A run told as changes to its preset can be repeated, and compared with another."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest

from trainer.__main__ import main, parser
from trainer.config import TrainConfig
from trainer.options import command_line, from_texts, typed
from trainer.presets import PRESETS, resolve
from trainer.runs import RunError, create_run, open_run
from trainer.settings import CODE, Difference, clone, differences, form_values
from trainer.task_settings import TASKS, TASKS_OF
from transformer.config import ConfigError

CHANGED = {
    "data": "my file.tsv:20,libreoffice-help",
    "steps": 60_000,
    "tie_embeddings": False,
    "rate": 1e-4,
    "start_from": "/models/my 'own'",
}
pytestmark = pytest.mark.usefixtures("runs")


def asked(line: str) -> TrainConfig:
    """The config that a typed command asks for."""
    words = shlex.split(line)
    assert words[:4] == ["python", "-m", "trainer", "run"]
    arguments = parser().parse_args(words[3:])
    return resolve(arguments.preset, from_texts(typed(arguments)))


@pytest.mark.parametrize("preset", PRESETS)
def test_the_command_repeats_the_config_exactly(preset: str) -> None:
    own = PRESETS[preset].to_dict()
    known = {name: new for name, new in CHANGED.items() if own["task"] in TASKS_OF.get(name, TASKS)}
    config = resolve(preset, known)
    again = form_values({"config": config.to_dict()})
    assert again == (preset, {name: new for name, new in known.items() if new != own[name]})
    assert asked(shlex.join(command_line(*again))) == config


def test_a_setting_of_another_version_is_left_out_and_nonsense_is_refused() -> None:
    values = PRESETS["nano"].to_dict()
    assert form_values({"config": values | {"flux": 1}}) == ("nano", {})
    del values["ema"]
    assert form_values({"config": values}) == ("nano", {})
    with pytest.raises(ConfigError, match="heads"):
        form_values({"config": values | {"heads": 3}})


def test_an_upload_is_found_again(runs: Path) -> None:
    (runs / "data").mkdir(parents=True)
    (runs / "data" / "abc.tsv").write_text("a\tb\n")
    config = resolve("nano", {"data": "abc.tsv:5,gone.tsv,libreoffice-help"})
    run = create_run(config.to_dict(), [])
    found = f"{runs / 'data' / 'abc.tsv'}:5,gone.tsv,libreoffice-help"
    assert clone(run) == ("nano", {"data": found})


def test_a_broken_run_is_one_sentence() -> None:
    run = create_run({"preset": "nano", "heads": 3}, [], run_id="odd")
    with pytest.raises(RunError, match="run odd cannot be cloned: d_model"):
        clone(run)
    (run.path / "spec.json").write_text("{")
    with pytest.raises(RunError, match="missing or broken"):
        clone(open_run("odd"))


def test_only_differences_are_told_in_the_forms_order() -> None:
    a: dict[str, Any] = {"config": PRESETS["nano"].to_dict() | {"old": 1}, "git": "aaa"}
    b = {"config": a["config"] | {"steps": 7, "ema": 0.5, "src_language": "de"}, "git": "aaa"}
    assert differences(a, a) == []
    assert differences(a, b) == [
        ("src_language", "en", "de"),
        ("steps", 1500, 7),
        ("ema", 0.0, 0.5),
    ]
    assert differences(a, {"config": PRESETS["nano"].to_dict(), "git": "bbb"}) == [
        Difference("old", 1, None),
        Difference(CODE, "aaa", "bbb"),
    ]


def test_the_command_line_clones_and_compares(capsys: pytest.CaptureFixture[str]) -> None:
    config = resolve("nano", CHANGED)
    create_run(config.to_dict(), ["python", "-m", "trainer", "run"], run_id="one")
    create_run(PRESETS["nano"].to_dict(), [], run_id="two")
    assert main(["clone", "one"]) == 0
    assert asked(capsys.readouterr().out) == config
    assert main(["compare", "one", "two"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["one", "two"]
    assert ["steps", "60000", "1500"] in [line.split() for line in lines]
    assert len(lines) == 1 + len(CHANGED)
    assert main(["compare", "one", "one"]) == 0
    assert "same settings" in capsys.readouterr().out
