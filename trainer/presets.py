"""The presets, in the order in which a person meets them; a run as changes to one of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trainer.config import TrainConfig
from transformer.config import ConfigError, known_fields

WARMUP_SHARE = 4  # a preset's warm-up is at most a quarter of the updates

PRESETS: dict[str, TrainConfig] = {
    "nano": TrainConfig(
        preset="nano",
        data="libreoffice-help",
        valid_pairs=500,
        vocab_size=2000,
        encoder_layers=2,
        decoder_layers=2,
        d_model=128,
        d_ff=512,
        heads=4,
        dropout=0.0,
        max_tokens=32,
        steps=1500,
        batch_tokens=512,
        rate=3e-3,
        warmup=100,
        valid_every=100,
        save_every=100,
        bleu_pairs=50,
    ),
    "tiny": TrainConfig(
        preset="tiny",
        data="bible-web-diodati,libreoffice-help",
        steps=8000,
        batch_tokens=2048,
        rate=1e-3,
        warmup=400,
        ema=0.998,
        log_every=10,
        valid_every=500,
        save_every=250,
    ),
    "base": TrainConfig(
        preset="base",
        data="bible-web-diodati,libreoffice-help",
        vocab_size=16_000,
        encoder_layers=6,
        decoder_layers=6,
        d_model=512,
        d_ff=2048,
        heads=8,
        steps=10_000,
        batch_tokens=16_384,
        rate=8e-4,
        warmup=1000,
        ema=0.999,
        log_every=20,
        valid_every=1000,
        save_every=1000,
        bleu_pairs=1000,
    ),
    "lesson": TrainConfig(
        preset="lesson",
        data="bible-web-diodati",
        tokenizer="words",
        vocab_size=30_000,
        encoder_layers=6,
        decoder_layers=6,
        d_model=512,
        d_ff=2048,
        heads=8,
        norm="post",
        tie_embeddings=False,
        max_tokens=350,
        steps=8000,
        batch_tokens=4096,
        optimiser="adam",
        rate=7e-4,
        warmup=2000,
        schedule="paper",
        clip=0.0,
        log_every=10,
        valid_every=500,
        save_every=500,
    ),
    "fill": TrainConfig(
        preset="fill",
        task="fill",
        vocab_size=2000,
        valid_pairs=500,
        encoder_layers=2,
        d_model=128,
        d_ff=512,
        heads=4,
        dropout=0.0,
        max_tokens=64,
        steps=2000,
        batch_tokens=2048,
        rate=3e-3,
        warmup=100,
        label_smoothing=0.0,
        valid_every=200,
        save_every=200,
    ),
    "continue": TrainConfig(
        preset="continue",
        task="continue",
        vocab_size=2000,
        valid_pairs=500,
        decoder_layers=2,
        d_model=128,
        d_ff=512,
        heads=4,
        dropout=0.0,
        max_tokens=64,
        steps=2000,
        batch_tokens=1024,
        rate=3e-3,
        warmup=100,
        label_smoothing=0.0,
        valid_every=200,
        save_every=200,
    ),
    "digits": TrainConfig(
        preset="digits",
        task="see",
        images="digits",
        encoder_layers=3,
        d_model=64,
        d_ff=256,
        heads=4,
        dropout=0.0,
        hidden_share=0.25,
        max_tokens=256,
        steps=600,
        batch_tokens=2176,
        rate=2e-3,
        warmup=50,
        valid_every=50,
        save_every=100,
    ),
    "scenes": TrainConfig(
        preset="scenes",
        task="see",
        images="emoji",
        encoder_layers=4,
        d_model=96,
        d_ff=384,
        heads=4,
        dropout=0.0,
        hidden_share=0.5,
        steps=6000,
        batch_tokens=9472,
        rate=1.5e-3,
        warmup=200,
        log_every=10,
        valid_every=500,
        save_every=500,
        workers=1,
    ),
}


def resolve(preset: str, overrides: Mapping[str, Any]) -> TrainConfig:
    """A preset with some settings changed. Raises `ConfigError`.

    A warm-up that is not among the changes follows the steps (`warmup_of`).
    """
    if preset not in PRESETS:
        raise ConfigError(f"There is no preset '{preset}': choose {', '.join(PRESETS)}.")
    changed = known_fields(TrainConfig, overrides)
    return replace(
        PRESETS[preset], **{"warmup": warmup_of(preset, changed.get("steps")), **changed}
    )


def warmup_of(preset: str, steps: Any) -> int:
    """The preset's warm-up, in updates; in a run that is too short for it a quarter of `steps`."""
    usual = PRESETS[preset].warmup
    return min(usual, steps // WARMUP_SHARE) if type(steps) is int else usual


def changes(preset: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a run's settings that have to be told: `resolve` finds the others by itself."""
    own = PRESETS[preset].to_dict() | {"warmup": warmup_of(preset, values.get("steps"))}
    return {name: value for name, value in values.items() if value != own[name]}
