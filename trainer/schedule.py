"""The learning rate at each update: a pure function, so that a page can draw it beforehand."""

from trainer.config import TrainConfig


def learning_rate(
    config: TrainConfig, step: int, last: int | None = None, falls_from: int | None = None
) -> float:
    """The rate of update `step` = 0, 1, ...

    trapezoid: up for `warmup` updates, flat, then linearly down in the last `decay_share`.
    paper: rate · min(sqrt(warmup / step), step / warmup), equation 3 with its peak named.
    last, falls_from: a run that was asked to finish goes linearly from where it was at update
    `falls_from` down to zero at update `last`, whatever its schedule.
    """
    if last is not None and falls_from is not None and step >= falls_from:
        return learning_rate(config, falls_from) * share_left(step, falls_from, last)
    number, warmup = step + 1, max(config.warmup, 1)
    rate = config.rate * min(1.0, number / warmup)
    if config.schedule == "paper" and number > warmup:
        rate = config.rate * (warmup / number) ** 0.5
    if config.schedule == "trapezoid":
        rate *= share_left(step, round(config.steps * (1 - config.decay_share)), config.steps)
    return rate


def share_left(step: int, start: int, end: int) -> float:
    """1 before `start`, 0 from `end` on, linear in between."""
    if step < start:
        return 1.0
    return max(0.0, (end - step) / (end - start)) if end > start else 0.0
