"""What others want of a run while it trains: the files in `control/`, SIGTERM, and saving."""

import gc
import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytorch_lightning as pl

from trainer import ranks
from trainer.checkpoints import what_is_saved
from trainer.events import EventWriter
from trainer.saving import save_together

FINISH_SHARE = 0.15  # of the updates done, in which a run that is asked to finish goes down


class StopRequested(BaseException):
    """The run shall stop; the message is a sentence that says why and what is saved.

    SIGTERM raises it in whatever runs at the moment, so it is none of the errors that other code
    may take for its own; and it has an `__init__`, without which Python's codecs pass it on with
    words of theirs before the sentence.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)


class Control(pl.Callback):
    """Saves on schedule, and heeds the files in `control/` and SIGTERM after each update.

    Where nothing can be lost, SIGTERM ends it at once: before the first update has ended, and in a
    validation, for what it follows on is saved first.
    """

    def __init__(
        self, events: EventWriter, folder: Path, save_every: int, valid_every: int
    ) -> None:
        self.events, self.folder = events, folder
        self.save_every, self.valid_every = save_every, valid_every
        self.sample: Callable[[int], None] | None = None  # translates the probes at a step
        self.about: dict[str, Any] = {}  # of the run, for its checkpoints
        self.interruptible = True
        self.terminated = False
        self.step, self.saved = 0, -1
        self.parent = os.getppid()

    def listen(self) -> None:
        """Take SIGTERM over, from Lightning too, which would end with exit code 0."""
        signal.signal(signal.SIGTERM, self._terminate)

    def heed(self) -> None:
        """Raise `StopRequested` if somebody wants the run to stop; all ranks ask together."""
        if self._wanted("stop")[0]:
            raise StopRequested(self._farewell())

    def on_train_start(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """Still nothing can be lost: what the first update learns, a resume learns again."""
        self.listen()
        self.heed()
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
        self.interruptible = False  # from now on a request waits for the end of an update
        stop, finish, save, sample = self._wanted("stop", "finish", "save", "sample")
        if finish and not pl_module.finish and step < trainer.max_steps:
            self._finish(trainer, pl_module)
        if stop or save or step % self.save_every == 0 or step % self.valid_every == 0:
            self.save(trainer)
        if sample and self.sample:
            self.sample(step)
        if stop:
            raise StopRequested(self._farewell())
        if self.saved == step:  # it may have been asked for during the save
            self.heed()

    def on_fit_start(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """Lightning's own handler would ask the other ranks, who may be elsewhere."""
        self.listen()

    def on_validation_start(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """From here on SIGTERM need not wait."""
        self.listen()
        self.interruptible = True
        self.heed()

    def on_validation_end(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """The training goes on."""
        self.interruptible = False

    def on_validation_batch_start(
        self,
        trainer: pl.Trainer,
        pl_module: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Where no signal comes, the file is seen between two batches."""
        self.heed()

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """The last update is saved too."""
        self.save(trainer)

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: Any, checkpoint: dict[str, Any]
    ) -> None:
        """What a resume compares the run with."""
        checkpoint.update(self.about)

    def save(self, trainer: pl.Trainer) -> None:
        """Save unless this update is saved already; a full disk is an alert, not the end."""
        step = trainer.global_step
        module: Any = trainer.lightning_module
        if step == self.saved or not module.is_finite():
            return
        try:
            checkpoint = save_together(trainer, self.folder / "checkpoints")
        except (OSError, RuntimeError) as error:
            message = f"The checkpoint could not be saved ({cause(error)}): free some space."
        else:
            self.saved = checkpoint.step
            self.events.write(
                "checkpoint", step=checkpoint.step, file=checkpoint.file, size=checkpoint.size
            )
            return
        gc.collect()  # the writer that failed holds its file, and so the space, until it is gone
        self.events.write("alert", step=step, message=message)

    def _finish(self, trainer: pl.Trainer, module: Any) -> None:
        step = trainer.global_step
        last = min(trainer.max_steps, step + max(1, round(step * FINISH_SHARE)))
        module.finish = {"falls_from": step, "last": last}
        trainer.fit_loop.epoch_loop.max_steps = last
        self.events.write(
            "alert",
            step=step,
            message=f"Finishing: the rate falls until step {last}.",
            last_step=last,
        )

    def _wanted(self, *wishes: str) -> list[bool]:
        """For each wish, whether somebody has it: what one rank was told, all do."""
        return ranks.all_asked([self._asked(wish) for wish in wishes])

    def _orphaned(self) -> bool:
        return os.getppid() != self.parent

    def _farewell(self) -> str:
        why = "It was asked to stop"
        if self._orphaned():
            why = "Its supervisor went away"
        elif "SLURM_JOB_ID" in os.environ and not (self.folder / "control" / "stop").exists():
            why = "SLURM wanted its place back, or its time was over"
        return f"{why}; {what_is_saved(self.folder / 'checkpoints')}."

    def _asked(self, name: str) -> bool:
        """Whether the request is there. Stop and finish stay, so that all see the run is ending."""
        if name == "stop" and (self.terminated or self._orphaned()):
            return True
        file = self.folder / "control" / name
        if ranks.rank() or not file.exists():  # the first rank looks for all
            return False
        if name in ("save", "sample"):
            file.unlink(missing_ok=True)
        return True

    def _terminate(self, number: int, frame: FrameType | None) -> None:
        first, self.terminated = not self.terminated, True
        if self.interruptible and first:  # a second one must not interrupt the ending
            raise StopRequested(self._farewell())


def cause(error: BaseException) -> str:
    """The first line of an error, or its name where it says nothing."""
    text = getattr(error, "strerror", None) or str(error)
    return text.splitlines()[0].rstrip(".") if text else type(error).__name__
