"""Settings as a person types them."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from trainer.config import TrainConfig
from transformer.config import known_fields

BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def from_texts(texts: Mapping[str, str]) -> dict[str, Any]:
    """Settings as a person types them, each as its field wants it. Raises `ConfigError`.

    What is no number stays a text, so that the sentence of `check_value` is the one place that
    says what a setting must be.
    """
    known_fields(TrainConfig, texts)
    kinds = {spec.name: spec.type for spec in fields(TrainConfig)}
    return {name: _typed(kinds[name], text.strip()) for name, text in texts.items()}


def _typed(kind: Any, text: str) -> Any:
    if kind is bool:
        return BOOLEANS.get(text.lower(), text)
    try:
        return kind(text)
    except ValueError:
        return text
