"""The learning rate at each update: a pure function, so that a page can draw it beforehand."""

from trainer.config import TrainConfig


def learning_rate(
    config: TrainConfig, step: int, last: int | None = None, falls_from: int | None = None
) -> float:
    """The rate of update `step` = 0, 1, ...

    trapezoid: up for `warmup` updates, flat, then linearly down in the last `decay_share`.
    paper: rate · min(sqrt(warmup / step), step / warmup), equation 3 with its peak named.
    last, falls_from: a run that was asked to finish goes down linearly between these updates,
    whatever its schedule.
    """
    number = step + 1
    rate = config.rate * min(1.0, number / max(config.warmup, 1))
    if config.schedule == "paper" and number > config.warmup:
        rate = config.rate * (max(config.warmup, 1) / number) ** 0.5
    if config.schedule == "trapezoid" and falls_from is None:
        last, falls_from = config.steps, round(config.steps * (1 - config.decay_share))
    if last is not None and falls_from is not None and step >= falls_from:
        rate *= (last - step) / (last - falls_from)
    return rate
