"""Where the average of the weights lies."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytorch_lightning as pl
import torch
from torch import nn

from trainer.callbacks import Ema


class Small(pl.LightningModule):
    def __init__(self) -> None:
        super().__init__()
        self.line = nn.Linear(2, 2)


def test_the_average_lies_where_the_training_will() -> None:
    """The module comes to its device after the callbacks are set up; `meta` stands for a GPU."""
    ema = Ema(0.5, first=0)
    device = torch.device("meta")
    trainer = cast(Any, SimpleNamespace(strategy=SimpleNamespace(root_device=device)))
    module = Small()
    ema.setup(trainer, module, "fit")
    assert ema._average_model is not None
    assert {p.device for p in ema._average_model.parameters()} == {device}
    assert ema._average_model.n_averaged.device.type == "cpu"  # a GPU would be waited for
    assert module.line.weight.device.type == "cpu"
