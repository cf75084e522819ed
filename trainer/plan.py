"""What a run will be, from its settings alone: parameters, tokens, disk, rates. Needs no torch."""

from __future__ import annotations

from trainer.checkpoints import KEEP
from trainer.config import TrainConfig
from trainer.schedule import learning_rate
from transformer.config import ModelConfig

FLOAT = 4  # bytes
HALF = 2


def parameters_by_part(config: ModelConfig) -> dict[str, int]:
    """How many numbers each part of the model learns (sections 3.1 to 3.4)."""
    d, f = config.d_model, config.d_ff
    attention, norm = 4 * (d * d + d), 2 * d
    feed_forward = d * f + f + f * d + d
    final = norm if config.norm == "pre" else 0
    encoder = config.encoder_layers * (attention + feed_forward + 2 * norm) + final
    decoder = config.decoder_layers * (2 * attention + feed_forward + 3 * norm) + final
    matrices = {"embeddings": config.src_vocab * d}
    if not config.tie_embeddings:
        matrices = {
            "source embedding": config.src_vocab * d,
            "target embedding": config.tgt_vocab * d,
            "output": config.tgt_vocab * d,
        }
    if config.positions == "learned":
        matrices["positions"] = 2 * config.max_tokens * d
    return {**matrices, "encoder": encoder, "decoder": decoder}


def tokens_per_update(config: TrainConfig) -> int:
    """Padded tokens that an update sees at most."""
    return config.batch_tokens * config.accumulate


def disk_needed(config: TrainConfig, parameters: int) -> int:
    """Bytes of the checkpoints kept, one more while it is written, and the exported model.

    A checkpoint holds the weights, Adam's two moments, and the average where there is one.
    """
    copies = 4 if config.ema else 3
    return parameters * (copies * FLOAT * (KEEP + 1) + HALF)


def rates(config: TrainConfig, points: int = 200) -> tuple[list[int], list[float]]:
    """The learning rate over all updates, at about `points` of them."""
    stride = max(1, config.steps // points)
    steps = sorted({*range(0, config.steps, stride), config.steps - 1})
    return steps, [learning_rate(config, step) for step in steps]
