"""A config refuses nonsense, each value with one sentence that names the setting."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import pytest

from trainer.config import TrainConfig
from trainer.presets import resolve
from transformer.config import ConfigError

WRONG_KIND: dict[Any, list[Any]] = {
    int: [1.5, "7", True, None],
    float: ["0.1", True, None, float("nan")],
    str: [7, None],
    bool: [1, "true", None],
}


def nonsense() -> list[tuple[str, Any]]:
    """For each field, values of a wrong kind, beyond its range and outside its choices."""
    found: list[tuple[str, Any]] = []
    for spec in fields(TrainConfig):
        kind: Any = spec.type
        found += [(spec.name, value) for value in WRONG_KIND[spec.type]]
        low, high = spec.metadata["min"], spec.metadata["max"]
        step = 1 if spec.type is int else 1e-6
        found += [(spec.name, low - step)] if low is not None else []
        found += [(spec.name, kind(high * 1.01 + step))] if high is not None else []
        found += [(spec.name, "nonsense")] if spec.metadata["choices"] else []
    return found


def is_sentence(text: str) -> bool:
    return "\n" not in text and text.endswith(".") and len(text) < 250


@pytest.mark.parametrize(("name", "value"), nonsense())
def test_a_value_without_sense_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=rf"^{name} is ") as caught:
        resolve("nano", {name: value})
    assert is_sentence(str(caught.value))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"data": " "}, "data is empty"),
        ({"src_language": ""}, "src_language is empty"),
        ({"tgt_language": " "}, "tgt_language is empty"),
        ({"vocab_size": 100}, "byte-level BPE needs 260 or more"),
        ({"tokenizer": "words"}, "set it to false"),
        ({"warmup": 1500}, "must be less than steps (1500)"),
        ({"warmup": 100, "steps": 60}, "warmup is 100, but must be less than steps (60)"),
        ({"max_tokens": 2000}, "raise batch_tokens or lower max_tokens"),
        ({"heads": 3}, "d_model 128 cannot be shared by 3 heads"),
        ({"epochs": 3}, "'epochs' is no setting"),
    ],
)
def test_values_that_do_not_go_together(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(sentence)) as caught:
        resolve("nano", changes)
    assert is_sentence(str(caught.value))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"processes": 2}, "processes is 2, but engine local"),
        ({"nodes": 3}, "nodes is 3, but engine local"),
        ({"parallel": "fsdp"}, "parallel is fsdp, but one process"),
        ({"engine": "torchrun", "processes": 2, "parallel": "fsdp", "ema": 0.9}, "ema needs"),
        ({"engine": "slurm", "sbatch": "gres"}, "sbatch is 'gres'"),
        ({"sbatch": "mem=1G"}, "sbatch is 'mem=1G'"),
        ({"engine": "cloud"}, "engine"),
    ],
)
def test_engines_that_make_no_run(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError, match=f"^{named}"):
        resolve("nano", changes)
