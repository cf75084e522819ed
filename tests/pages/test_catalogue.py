"""One broken bundle or folder never hides the other models."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pages.ui.catalogue import LookError, find_model, list_models, what_is_broken
from trainer.folder import IMPORTED


def keys() -> list[str]:
    return [info.key for info in list_models() if not info.shipped]


@pytest.mark.parametrize(
    "parts",
    [
        {"about": "words"},
        {"about": [1]},
        {"model": {"heads": float("inf")}},
        {"model": None},
        {"languages": []},
        {"tokenizers": ["one"]},
    ],
)
def test_a_config_of_another_shape_is_left_out(dawn_runs: Path, parts: dict[str, Any]) -> None:
    broken = dawn_runs / "broken" / "export"
    shutil.copytree(dawn_runs / "toy" / "export", broken)
    config = json.loads((broken / "config.json").read_text())
    for name, value in parts.items():
        config[name] = config[name] | value if isinstance(value, dict) else value
    (broken / "config.json").write_text(json.dumps(config))
    assert keys() == ["toy"]


def test_files_and_empty_folders_among_the_runs_are_passed_over(dawn_runs: Path) -> None:
    (dawn_runs / "notes.txt").write_text("mine")
    (dawn_runs / "empty").mkdir()
    (dawn_runs / "deep" / "export").mkdir(parents=True)
    (dawn_runs / "deep" / "export" / "config.json").write_text("[" * 100_000)
    assert keys() == ["toy"]


def test_a_runs_folder_that_is_a_file_has_no_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path / "file"))
    assert keys() == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is no JSON"),
        ("\udcff", "is no JSON"),
        ("{}", "has no model"),
        ('{"model": {}, "tokenizers": ["a", "b"]}', "has no decoder_layers"),
        ("[]", "holds values that make no model"),
    ],
)
def test_a_broken_config_is_named_with_what_is_wrong(
    dawn_runs: Path, text: str, words: str
) -> None:
    config = dawn_runs / "toy" / "export" / "config.json"
    config.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert keys() == []
    with pytest.raises(LookError, match=f"“toy” cannot be opened, .*config.json {words}: export"):
        find_model("toy")
    (dawn_runs / "toy" / IMPORTED).write_text("{}")
    with pytest.raises(LookError, match=": import it again"):
        find_model("toy")


def test_nothing_is_said_to_be_broken_that_is_sound_or_not_there(dawn_runs: Path) -> None:
    (dawn_runs / "fresh").mkdir()
    for key in ("toy", "tiny", "fresh", "nobody", "../toy", ".", ""):
        assert what_is_broken(key) is None
