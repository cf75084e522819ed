"""The training step compiled, and that alone: whoever looks into the model meets it as it reads.

Each kind of layer is compiled once for batches of any shape, and so is the loss, whose logits then
never lie in memory in float32 as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import nn

from trainer.learning import token_losses

Losses = Callable[..., Any]


class Compiled:
    """Within `step()` the layers, and `losses`, are compiled; outside they are not."""

    def __init__(self, layers: Iterable[nn.Module]) -> None:
        for layer in layers:
            layer.compile(dynamic=True)
        self.losses: Losses = torch.compile(token_losses, dynamic=True)
        torch.compiler.set_stance("force_eager")

    def step(self) -> AbstractContextManager[Any]:
        """A context for one forward pass of the training."""
        return torch.compiler.set_stance("default")


class Eager:
    """The same without a compiler."""

    losses: Losses = staticmethod(token_losses)

    def step(self) -> AbstractContextManager[Any]:
        """A context that changes nothing."""
        return nullcontext()
