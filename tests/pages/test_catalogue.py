"""One broken bundle or folder never hides the other models."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pages.ui.catalogue import list_models


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
