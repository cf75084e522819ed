"""How many numbers each part of a task's model learns, counted on a model that holds none."""

import torch

from trainer.config import TrainConfig
from trainer.tasks import task_of


def numbers_by_part(config: TrainConfig) -> dict[str, int]:
    """By the model's own parts; a matrix that two of them share counts for the first."""
    with torch.device("meta"):
        model = task_of(config).blank()
    parts: dict[str, int] = {}
    for name, parameter in model.named_parameters():
        part = name.partition(".")[0]
        parts[part] = parts.get(part, 0) + parameter.numel()
    return parts
