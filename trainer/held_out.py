"""When the held-out data is looked at while a run trains, and what is written of it."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import pytorch_lightning as pl

from trainer import ranks
from trainer.alarms import Alarms
from trainer.events import EventWriter

NEVER = 2**62  # batches between two validations, until one is due


class HeldOut(pl.Callback, ABC):
    """Validates at every `every`-th update; what a task examines is the subclass.

    Stands before `Ema` in the list, whose averaged weights are in place until its own
    `on_validation_epoch_end`.
    """

    def __init__(
        self, events: EventWriter, every: int, heed: Callable[[], None], alarms: Alarms
    ) -> None:
        """heed: raises what ends the validation early."""
        self.events, self.every, self.heed, self.alarms = events, every, heed, alarms
        self.seconds = 60.0
        self.started = 0.0
        self.seen = 0
        self.step = -1  # of the newest validation

    @abstractmethod
    def examine(self, loss: float, nll: float, labels: float) -> tuple[dict[str, float], Any]:
        """Scores by name, and the fields of a sample, from the sums over the held-out batches."""

    @abstractmethod
    def answers(self) -> list[dict[str, str]]:
        """What the model says now to the probes: "src", "out" and, where there is one, "ref"."""

    def on_train_start(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """Updates are counted here: Lightning would count batches, which a short window upsets."""
        trainer.val_check_batch = NEVER
        self.seen = trainer.global_step
        if self.seen == 0:
            self.sample(0)  # what the training starts from

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Have Lightning validate now where it is time."""
        step = trainer.global_step
        trainer.val_check_batch = 1 if step != self.seen and step % self.every == 0 else NEVER
        self.seen = step

    def on_validation_epoch_start(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """Say that a validation begins, and how long it may be silent."""
        self.started = time.monotonic()
        pl_module.valid_totals.zero_()
        self.events.phase("validation", expect=3 * self.seconds, step=trainer.global_step)

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """Write the scores and a sample."""
        step = trainer.global_step
        values, sample = self.examine(*ranks.all_summed(pl_module.valid_totals).tolist())
        metrics = {f"val/{name}": value for name, value in values.items()}
        self.events.metric(step, metrics)
        self.alarms.see(step, metrics)
        self.events.write("sample", step=step, **sample)
        self.step = step
        self.seconds = max(1.0, time.monotonic() - self.started)

    def sample(self, step: int) -> None:
        """Answer the probes now, with the weights of this update."""
        self.events.write("sample", step=step, translations=self.answers())
