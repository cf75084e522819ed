"""What happens around the steps: numbers written down."""

import math
import os
import time
from typing import Any

import pytorch_lightning as pl
import torch

from trainer import ranks
from trainer.alarms import Alarms
from trainer.diagnosis import diverged, first_nonfinite
from trainer.events import EventWriter
from trainer.records import process_start


class TrainingFailed(RuntimeError):
    """The run cannot go on; the message is one sentence that says why and what to do."""


class Recorder(pl.Callback):
    """Writes metrics: loss and NLL per target token since the last point, rate, norm, speed.

    `tokens` are the target tokens learned from so far, `seconds` the age of the processes that did
    so, over all attempts. At the end of each epoch come its means, with the share of its batches
    that they are over: an epoch that is cut short has less than 1.
    """

    def __init__(self, events: EventWriter, log_every: int, alarms: Alarms) -> None:
        self.events, self.log_every, self.alarms = events, log_every, alarms
        self.clock = time.monotonic()
        self.epoch = torch.zeros(3, dtype=torch.float64)
        self.batches = 0  # of this epoch, in `epoch` or still in the module's totals
        self.step = 0
        self.validation_began = 0.0
        self.tokens = 0.0
        self.earlier = 0.0  # seconds of earlier attempts

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Time and steps count from here."""
        self.clock, self.step = time.monotonic(), trainer.global_step

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Note the batch as consumed; at every `log_every`-th update, write a point."""
        pl_module.sampler.advance()
        self.batches += 1
        step = trainer.global_step
        if step != self.step and step % self.log_every == 0:
            self.step = step
            self._write_point(trainer, pl_module, batch)
        if pl_module.sampler.consumed == len(pl_module.sampler):
            self._write_epoch(trainer, pl_module)

    def on_train_end(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """The epoch that the last update cut short."""
        if not pl_module.is_finite():
            raise TrainingFailed(diverged(trainer.global_step, None))
        self._write_epoch(trainer, pl_module)

    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Time spent on validation is not training."""
        self.validation_began = time.monotonic()

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """The clock did not run meanwhile."""
        self.clock += time.monotonic() - self.validation_began

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: Any, checkpoint: dict[str, Any]
    ) -> None:
        """What the epoch has summed up so far, so that its mean survives a pause."""
        untold = ranks.all_summed(pl_module.totals).cpu()
        checkpoint["epoch_sums"] = self.epoch + untold
        checkpoint["epoch_batches"] = self.batches
        checkpoint["tokens"] = self.tokens + float(untold[2])
        checkpoint["seconds"] = self.earlier + process_seconds()

    def on_load_checkpoint(
        self, trainer: pl.Trainer, pl_module: Any, checkpoint: dict[str, Any]
    ) -> None:
        """Go on with the sums of the epoch."""
        self.epoch = checkpoint.get("epoch_sums", self.epoch)
        self.batches = checkpoint.get("epoch_batches", 0)
        self.tokens = checkpoint.get("tokens", 0.0)
        self.earlier = checkpoint.get("seconds", 0.0)

    def _write_point(self, trainer: pl.Trainer, module: Any, batch: Any) -> None:
        loss, nll, tokens = self._take_totals(module).tolist()
        seconds = time.monotonic() - self.clock
        self.clock += seconds
        values = {
            "train/loss": loss / tokens,
            "train/nll": nll / tokens,
            "lr": trainer.optimizers[0].param_groups[0]["lr"],
            "gradient_norm": float(module.gradient_norm),
            "tokens_per_second": tokens / seconds,
            "epoch": module.sampler.epoch,
            "tokens": self.tokens,
            "seconds": self.earlier + process_seconds(),
        }
        self.events.metric(trainer.global_step, values)
        if not (math.isfinite(loss) and module.is_finite()):
            culprit = first_nonfinite(module.model, *module.task.inputs(batch))
            raise TrainingFailed(diverged(trainer.global_step, culprit))
        self.alarms.see(trainer.global_step, values)

    def _write_epoch(self, trainer: pl.Trainer, module: Any) -> None:
        """The means per target token over the epoch: the number the lesson asks for."""
        self._take_totals(module)
        loss, nll, tokens = self.epoch.tolist()
        share = self.batches / len(module.sampler)
        self.epoch.zero_()
        self.batches = 0
        if tokens:
            means = {"epoch/loss": loss / tokens, "epoch/nll": nll / tokens, "epoch/share": share}
            self.events.metric(trainer.global_step, {**means, "epoch": module.sampler.epoch})

    def _take_totals(self, module: Any) -> torch.Tensor:
        totals: torch.Tensor = ranks.all_summed(module.totals).cpu().clone()
        module.totals.zero_()
        self.epoch += totals
        self.tokens += float(totals[2])
        return totals


def process_began() -> float:
    """When this process began, on the clock of `time.monotonic`; outside Linux: now."""
    ticks = process_start(os.getpid())
    if ticks is None:
        return time.monotonic()
    since_boot = time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic() - (since_boot - ticks / os.sysconf("SC_CLK_TCK"))


BEGAN = process_began()


def process_seconds() -> float:
    """How long this process has been there, its imports included."""
    return time.monotonic() - BEGAN
