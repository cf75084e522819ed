"""The average of the weights, which is what is validated and exported."""

from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import WeightAveraging
from torch import Tensor, nn


class Ema(WeightAveraging):
    """An exponential moving average of the weights from the end of the warm-up on.

    Until then the average is the newest weights.
    """

    def __init__(self, decay: float, first: int) -> None:
        super().__init__(use_buffers=False)
        self.decay, self.first = decay, first
        # Walking through the modules for their parameters takes longer than averaging them.
        self.pairs: tuple[list[Tensor], list[Tensor]] | None = None

    def setup(self, trainer: pl.Trainer, pl_module: Any, stage: str) -> None:
        """The average lies where the training will: the module itself is still on the CPU here."""
        self._device = trainer.strategy.root_device
        super().setup(trainer, pl_module, stage)

    @torch.no_grad()
    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """After each update: average, or copy as long as the warm-up lasts."""
        step = trainer.global_step
        if step > self._latest_update_step and self._average_model is not None:
            if self.pairs is None:
                self.pairs = list(self._average_model.parameters()), list(pl_module.parameters())
            share = 1 - self.decay if step > self.first else 1.0
            torch._foreach_lerp_(*self.pairs, share)
            self._latest_update_step = step

    def on_validation_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """The average is the model for a while; its sums, which are no weights, stay the same."""
        self._copy_buffers(pl_module)
        super().on_validation_epoch_start(trainer, pl_module)

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """The average is the model from now on."""
        self._copy_buffers(pl_module)
        super().on_train_end(trainer, pl_module)

    def _copy_buffers(self, module: nn.Module) -> None:
        if self._average_model is not None:
            own = self._average_model.module.buffers()
            for average, newest in zip(own, module.buffers(), strict=True):
                average.copy_(newest)
