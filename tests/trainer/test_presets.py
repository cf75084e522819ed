"""A preset with changes is a run, and a run is told as a preset with few changes."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from trainer.config import PRESET_NAMES, TrainConfig
from trainer.presets import PRESETS, changes, resolve
from transformer.config import ConfigError


def test_an_unknown_preset() -> None:
    with pytest.raises(ConfigError, match="There is no preset 'huge': choose nano, tiny"):
        resolve("huge", {})


def test_presets_have_their_own_name_and_a_group_and_help_for_each_field() -> None:
    assert tuple(PRESETS) == PRESET_NAMES
    assert [config.preset for config in PRESETS.values()] == list(PRESET_NAMES)
    for spec in fields(TrainConfig):
        assert spec.metadata["group"] in ("Data", "Sizes", "Learning", "Machine", "Engine")
        assert spec.metadata["help"].endswith(".")


@pytest.mark.parametrize("preset", PRESET_NAMES)
def test_a_warm_up_that_nobody_set_follows_a_short_run(preset: str) -> None:
    usual = PRESETS[preset]
    for steps in (1, 2, 3, 4, 60, 4 * usual.warmup - 4):
        assert resolve(preset, {"steps": steps}).warmup == steps // 4
    for steps in (4 * usual.warmup, 10 * usual.steps):
        assert resolve(preset, {"steps": steps}).warmup == usual.warmup
    assert resolve(preset, {}) == usual
    assert resolve(preset, {"steps": 60, "warmup": 30}).warmup == 30


@pytest.mark.parametrize("steps", [1, 60, 300, 1500, 9000])
@pytest.mark.parametrize("warmup", [0, 15, 75, 100])
def test_the_changes_of_a_run_make_the_run_again(steps: int, warmup: int) -> None:
    made = replace(PRESETS["nano"], schedule="constant", steps=steps, warmup=warmup)
    told = changes("nano", made.to_dict())
    assert resolve("nano", told) == made
    assert ("warmup" in told) == (warmup != min(100, steps // 4))
