"""The average of the weights: where it lies, what it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytorch_lightning as pl
import torch
from torch import nn

from trainer.averaging import Ema


class Small(pl.LightningModule):
    total: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.line = nn.Linear(2, 2)
        self.register_buffer("total", torch.zeros(()))


def test_the_average_lies_where_the_training_will() -> None:
    """The module comes to its device after the callbacks are set up; `meta` stands for a GPU."""
    ema = Ema(0.5, first=0)
    device = torch.device("meta")
    trainer = cast(Any, SimpleNamespace(strategy=SimpleNamespace(root_device=device)))
    module = Small()
    ema.setup(trainer, module, "fit")
    assert ema._average_model is not None
    assert {p.device for p in ema._average_model.parameters()} == {device}
    assert module.line.weight.device.type == "cpu"


def test_the_newest_weights_during_the_warm_up_then_their_average() -> None:
    """0.5 keeps half of the average at each update; sums of the module are never averaged."""
    ema = Ema(0.5, first=2)
    trainer = cast(Any, SimpleNamespace(strategy=SimpleNamespace(root_device=torch.device("cpu"))))
    module = Small()
    ema.setup(trainer, module, "fit")
    assert ema._average_model is not None
    average = cast(Small, ema._average_model.module).line.weight
    seen = []
    for step, value in enumerate((8.0, 4.0, 2.0, 1.0), start=1):
        trainer.global_step = step
        for _batch in range(2):  # of which only the first ends in an update
            nn.init.constant_(module.line.weight, value)
            ema.on_train_batch_end(trainer, module, None, None, 0)
        seen.append(average[0, 0].item())
    assert seen == [8.0, 4.0, 3.0, 2.0]

    module.total += 5
    ema.on_validation_epoch_start(trainer, module)
    assert module.line.weight[0, 0] == 2.0 and module.total == 5
    ema.on_validation_epoch_end(trainer, module)
    assert module.line.weight[0, 0] == 1.0 and module.total == 5
    ema.on_train_end(trainer, module)
    assert module.line.weight[0, 0] == 2.0 and module.total == 5
