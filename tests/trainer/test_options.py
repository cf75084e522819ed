"""Settings come back from what a person would type."""

from __future__ import annotations

import pytest

from trainer.config import PRESET_NAMES, TrainConfig
from trainer.options import from_texts
from trainer.presets import PRESETS, resolve


@pytest.mark.parametrize("preset", PRESET_NAMES)
def test_a_config_comes_back_from_json_and_from_texts(preset: str) -> None:
    config = PRESETS[preset]
    assert TrainConfig.from_dict(config.to_dict()) == config
    texts = {name: str(value) for name, value in config.to_dict().items()}
    assert resolve("nano", from_texts(texts)) == config
