"""Saving and reading with Lightning, by all ranks that train together: the first one writes."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.plugins.io import TorchCheckpointIO

from trainer import ranks
from trainer.batches import TokenBatchSampler
from trainer.checkpoints import Checkpoint, save_checkpoint
from trainer.memory import count_in_parts


class RunCheckpointIO(TorchCheckpointIO):
    """What Lightning writes and reads, with the batches of an epoch counted in parts."""

    def __init__(self, sampler: TokenBatchSampler) -> None:
        super().__init__()
        self.sampler = sampler
        self.problem: Exception | None = None  # of the newest save

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None
    ) -> None:
        """Write it, and keep what went wrong: the other ranks wait for this one behind it."""
        self.problem = None
        try:
            super().save_checkpoint(checkpoint, path, storage_options)
        except (OSError, RuntimeError) as error:
            self.problem = error
            with contextlib.suppress(OSError):  # a half is none
                Path(path).unlink(missing_ok=True)

    def load_checkpoint(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        """Read a checkpoint of whole batches as if they had been cut into the sampler's parts."""
        checkpoint: dict[str, Any] = super().load_checkpoint(*arguments, **options)
        count_in_parts(checkpoint, self.sampler)
        return checkpoint


def save_together(trainer: pl.Trainer, folder: Path) -> Checkpoint:
    """`save_checkpoint` by every rank: what the first one made of it all return, or raise."""
    outcome: Checkpoint | Exception | None = None
    if ranks.rank():
        trainer.save_checkpoint(folder / "share", weights_only=False)  # gives its share alone
    else:
        try:
            outcome = save_checkpoint(trainer, folder)
        except (OSError, RuntimeError) as error:
            outcome = getattr(trainer.strategy.checkpoint_io, "problem", None) or error
    outcome = ranks.all_told(lambda: outcome)
    if isinstance(outcome, Checkpoint):
        return outcome
    assert outcome is not None
    raise outcome
