"""What happens around the steps: numbers written down, held-out text scored, requests heeded."""

import math
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import WeightAveraging
from torch.optim.swa_utils import get_ema_multi_avg_fn

from trainer.checkpoints import save_checkpoint
from trainer.corpora import Pair
from trainer.evaluate import score, translate
from trainer.events import EventWriter
from transformer.bundle import Bundle

PROBES = (
    "edmund closed his banking account",
    "The red car is in front of the house.",
    "I would like a glass of water.",
    "Click the button to open the file.",
)
FINISH_SHARE = 0.15  # of the updates done, in which a run that is asked to finish goes down


class StopRequested(Exception):
    """Somebody asked the run to stop; its state is saved."""


class TrainingFailed(RuntimeError):
    """The run cannot go on; the message is one sentence that says why and what to do."""


class Ema(WeightAveraging):
    """An exponential moving average of the weights from the end of the warm-up on."""

    def __init__(self, decay: float, first: int) -> None:
        super().__init__(use_buffers=False, multi_avg_fn=get_ema_multi_avg_fn(decay))
        self.first = first

    def should_update(self, step_idx: int | None = None, epoch_idx: int | None = None) -> bool:
        """After each update from `first` on; the first one copies."""
        return step_idx is not None and step_idx >= self.first


class Recorder(pl.Callback):
    """Writes metrics: loss and NLL per target token since the last point, rate, norm, speed."""

    def __init__(self, events: EventWriter, log_every: int) -> None:
        self.events, self.log_every = events, log_every
        self.clock = time.monotonic()
        self.epoch = torch.zeros(3, dtype=torch.float64)
        self.step = 0

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Time and steps count from here."""
        self.clock, self.step = time.monotonic(), trainer.global_step

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Note the batch as consumed; at every `log_every`-th update, write a point."""
        pl_module.sampler.advance()
        step = trainer.global_step
        if step == self.step or step % self.log_every:
            return
        self.step = step
        totals = pl_module.totals.cpu().clone()
        pl_module.totals.zero_()
        self.epoch += totals
        loss, nll, tokens = totals.tolist()
        seconds = time.monotonic() - self.clock
        self.clock += seconds
        self.events.metric(
            step,
            {
                "train/loss": loss / tokens,
                "train/nll": nll / tokens,
                "lr": trainer.optimizers[0].param_groups[0]["lr"],
                "gradient_norm": float(pl_module.gradient_norm),
                "tokens_per_second": tokens / seconds,
                "epoch": trainer.current_epoch,
            },
        )
        if not math.isfinite(loss):
            raise TrainingFailed(
                f"The loss became {loss} at step {step}: lower the rate or clip the gradient."
            )

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """Write the epoch's mean loss per target token: the number the lesson asks for."""
        self.epoch += pl_module.totals.cpu()
        pl_module.totals.zero_()
        loss, nll, tokens = self.epoch.tolist()
        self.epoch.zero_()
        if tokens:
            means = {"epoch/loss": loss / tokens, "epoch/nll": nll / tokens}
            self.events.metric(trainer.global_step, {**means, "epoch": trainer.current_epoch})

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Time spent on validation is not training."""
        self.clock = time.monotonic()


class Validation(pl.Callback):
    """Scores the held-out pairs and translates the probes. Stands before `Ema` in the list, whose
    averaged weights are in place until its own `on_validation_epoch_end`."""

    def __init__(
        self, events: EventWriter, bundle: Bundle, pairs: Sequence[Pair], bleu_pairs: int
    ) -> None:
        """pairs: what the validation batches are made of; the first `bleu_pairs` are translated."""
        self.events, self.bundle = events, bundle
        self.characters = sum(len(target) for _, target in pairs)
        self.pairs = list(pairs[:bleu_pairs])
        self.seconds = 60.0
        self.started = 0.0
        self.step = -1  # of the newest validation

    def on_validation_epoch_start(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """Say that a validation begins, and how long it may be silent."""
        self.started = time.monotonic()
        self.events.phase("validation", expect=3 * self.seconds, step=trainer.global_step)

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """Write the held-out likelihood, BLEU and chrF, and a sample of translations."""
        self.step = step = trainer.global_step
        loss, nll, tokens = pl_module.valid_totals.tolist()
        pl_module.valid_totals.zero_()
        bits = nll / math.log(2) / max(self.characters, 1)
        values = {"loss": loss / tokens, "nll": nll / tokens, "bits_per_character": bits}
        translations = translate(self.bundle, [source for source, _ in self.pairs])
        scores = score(translations, [target for _, target in self.pairs])
        values |= {"bleu": scores.bleu, "chrf": scores.chrf}
        self.events.metric(step, {f"val/{name}": value for name, value in values.items()})
        self.events.write("sample", step=step, translations=self._sample(translations))
        self.seconds = max(1.0, time.monotonic() - self.started)
        self.events.phase("training", expect=60, step=step)

    def _sample(self, translations: Sequence[str]) -> list[dict[str, str]]:
        """The probes, then three held-out sentences with their references."""
        outs = translate(self.bundle, PROBES)
        probes = [{"src": src, "out": out} for src, out in zip(PROBES, outs, strict=True)]
        held_out = zip(self.pairs[:3], translations[:3], strict=True)
        return probes + [{"src": src, "out": out, "ref": ref} for (src, ref), out in held_out]


class Control(pl.Callback):
    """Saves on schedule, and heeds the files in `control/` and SIGTERM after each update."""

    def __init__(self, events: EventWriter, folder: Path, save_every: int) -> None:
        self.events, self.folder, self.save_every = events, folder, save_every
        self.terminated = False
        self.step, self.saved = 0, -1

    def on_train_start(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """Take SIGTERM over from Lightning, which would end with exit code 0."""
        signal.signal(signal.SIGTERM, self._terminate)
        self.step = trainer.global_step
        if pl_module.finish:
            trainer.fit_loop.epoch_loop.max_steps = pl_module.finish["last"]

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """At a whole update: save when it is time or asked for, then finish or stop if asked to."""
        step = trainer.global_step
        if step == self.step:
            return
        self.step = step
        stop = self.terminated or self._asked("stop")
        if stop or self._asked("save") or step % self.save_every == 0:
            self.save(trainer)
        if self._asked("finish") and not pl_module.finish:
            self._finish(trainer, pl_module)
        if stop:
            raise StopRequested

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """The last update is saved too."""
        self.save(trainer)

    def save(self, trainer: pl.Trainer) -> None:
        """Save unless this update is saved already; a full disk is an alert, not the end."""
        if trainer.global_step == self.saved:
            return
        try:
            checkpoint = save_checkpoint(trainer, self.folder / "checkpoints")
        except (OSError, RuntimeError) as error:
            self.events.write(
                "alert",
                step=trainer.global_step,
                message=f"The checkpoint could not be saved: {error}.",
            )
            return
        self.saved = checkpoint.step
        self.events.write(
            "checkpoint", step=checkpoint.step, file=checkpoint.file, size=checkpoint.size
        )

    def _finish(self, trainer: pl.Trainer, module: Any) -> None:
        step = trainer.global_step
        last = min(trainer.max_steps, step + max(1, round(step * FINISH_SHARE)))
        module.finish = {"falls_from": step, "last": last}
        trainer.fit_loop.epoch_loop.max_steps = last
        self.events.write(
            "alert", step=step, message=f"Finishing: the rate falls until step {last}."
        )

    def _asked(self, name: str) -> bool:
        """Whether the request is there. Stop and finish stay, so that all see the run is ending."""
        file = self.folder / "control" / name
        if not file.exists():
            return False
        if name in ("save", "sample"):
            file.unlink(missing_ok=True)
        return True

    def _terminate(self, number: int, frame: FrameType | None) -> None:
        self.terminated = True
