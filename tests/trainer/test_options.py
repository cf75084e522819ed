"""Settings come back from the words that a person would type."""

from __future__ import annotations

import pytest

from trainer.__main__ import parser
from trainer.config import PRESET_NAMES, TrainConfig
from trainer.options import command_line, from_texts, typed
from trainer.presets import PRESETS, resolve


@pytest.mark.parametrize("preset", PRESET_NAMES)
def test_a_config_comes_back_from_json_and_from_texts(preset: str) -> None:
    config = PRESETS[preset]
    assert TrainConfig.from_dict(config.to_dict()) == config
    texts = {name: str(value) for name, value in config.to_dict().items()}
    assert resolve("nano", from_texts(texts)) == config


def test_the_command_line_makes_the_same_config() -> None:
    changed = {"steps": 600, "data": "bible-web-diodati:20", "tie_embeddings": False, "rate": 1e-4}
    arguments = parser().parse_args(command_line("nano", changed)[3:])
    assert resolve(arguments.preset, from_texts(typed(arguments))) == resolve("nano", changed)
