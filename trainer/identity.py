"""What a run must still be when it is resumed: its config, its text, its tokenizers."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainer.config import TrainConfig
from trainer.data_lines import corpus_name
from trainer.prepare import TOKENIZERS
from trainer.records import read_record
from transformer.config import ConfigError

Identity = Mapping[str, Mapping[str, Any]]
HOW = "bring the old one back, or start a new run"


def identity(config: TrainConfig, folder: Path) -> dict[str, dict[str, Any]]:
    """The config and the sha256 of each corpus and tokenizer, once they are prepared.

    It goes into each checkpoint, so that a resume compares with what was trained on.
    """
    corpora = (read_record(folder / "data.json") or {}).get("corpora", [])
    return {
        "config": config.to_dict(),
        "data": {corpus["name"]: corpus["sha256"] for corpus in corpora},
        "tokenizers": {
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
            for name in TOKENIZERS
            if (folder / name).exists()
        },
    }


def check_config(earlier: Identity, config: TrainConfig) -> None:
    """Raise `ConfigError` that names each setting which is another than in the checkpoint."""
    now = config.to_dict()
    changed = [
        f"{name} {now[name]!r} (not {value!r})"
        for name, value in earlier.get("config", {}).items()
        if name in now and now[name] != value
    ]
    if changed:
        raise ConfigError(
            f"The settings have changed since the run began, {', '.join(changed)}: {HOW}."
        )


def check_texts(earlier: Identity, now: Identity) -> None:
    """Raise `ConfigError` where a corpus or a tokenizer is not the one in the checkpoint."""
    for kind, called in (("data", "training text"), ("tokenizers", "vocabulary")):
        then = earlier.get(kind, {})
        changed = [
            name for name in {**then, **now[kind]} if then and then.get(name) != now[kind].get(name)
        ]
        if changed:
            names = ", ".join(map(corpus_name, changed) if kind == "data" else changed)
            raise ConfigError(f"The {called} has changed since the run began ({names}): {HOW}.")
