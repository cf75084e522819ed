"""How long a training may be silent: what it promises follows what it takes."""

import time
from typing import Any

import pytorch_lightning as pl

from trainer.events import EventWriter

FIRST_SECONDS = 600.0  # nothing is measured yet: the first update warms everything up
LEAST_SECONDS = 15.0
FACTOR = 4  # a machine that others use too may take so much longer than it just did


class Pace(pl.Callback):
    """Says when the next point will be heard of, and says it anew where the pace has changed.

    And how long an update takes (`update_seconds`, null before the first): a stop waits for one.
    """

    def __init__(self, events: EventWriter, log_every: int) -> None:
        self.events, self.log_every = events, log_every
        self.promised = FIRST_SECONDS
        self.clock = 0.0
        self.step = 0
        self.measured = False
        self.longest = 0.0  # seconds of an update lately, saving included

    def on_train_start(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """The clock starts."""
        self.clock, self.step = time.monotonic(), trainer.global_step

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: Any, batch: Any, batch_idx: int
    ) -> None:
        """The update before is over, with its save and the wait for this batch."""
        self._measure(trainer.global_step)

    def on_validation_start(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """A validation promises for itself."""
        self._measure(trainer.global_step, say=False)

    def on_validation_end(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """Back to the training."""
        self.clock = time.monotonic()
        self.say(trainer.global_step)

    def _measure(self, step: int, say: bool = True) -> None:
        if step == self.step:
            return
        now = time.monotonic()
        self.longest = max(now - self.clock, 0.9 * self.longest)
        self.clock, self.step = now, step
        needed = LEAST_SECONDS + FACTOR * self.longest * self.log_every
        if not self.measured or needed > self.promised or needed < self.promised / 2:
            self.promised, self.measured = 1.25 * needed, True
            if say:
                self.say(step)

    def say(self, step: int) -> None:
        """Promise it."""
        seconds = round(self.longest, 3) if self.measured else None
        expect = round(self.promised, 1)
        self.events.phase("training", expect=expect, step=step, update_seconds=seconds)
