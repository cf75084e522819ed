"""Settings as options of a command, `--tie-embeddings=false`: written, and read again."""

import argparse
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from trainer.config import TrainConfig
from transformer.config import known_fields

BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def flag(name: str) -> str:
    """The option of a setting: `--d-model` of `d_model`."""
    return f"--{name.replace('_', '-')}"


def command_line(preset: str, changed: Mapping[str, Any]) -> list[str]:
    """The words that start a run of a preset with some settings changed."""
    options = [f"{flag(name)}={_text(value)}" for name, value in changed.items()]
    return ["python", "-m", "trainer", "run", "--preset", preset, *options]


def typed(arguments: argparse.Namespace) -> dict[str, str]:
    """The settings among the arguments of `run`, as texts; without those that were left out."""
    names = [spec.name for spec in fields(TrainConfig) if spec.name != "preset"]
    texts = {name: getattr(arguments, name) for name in names}
    return {name: text for name, text in texts.items() if text is not None}


def from_texts(texts: Mapping[str, str]) -> dict[str, Any]:
    """Settings as a person types them, each as its field wants it. Raises `ConfigError`.

    What is no number stays a text, so that the sentence of `check_value` is the one place that
    says what a setting must be.
    """
    known_fields(TrainConfig, texts)
    kinds = {spec.name: spec.type for spec in fields(TrainConfig)}
    return {name: _value(kinds[name], text.strip()) for name, text in texts.items()}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(kind: Any, text: str) -> Any:
    if kind is bool:
        return BOOLEANS.get(text.lower(), text)
    try:
        return kind(text)
    except ValueError:
        return text
