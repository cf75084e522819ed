"""Tensors and models of which each rank holds a share, as one process sees them.

Where a model is in one piece, all of this does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import Tensor, nn
from torch.distributed.fsdp import FSDPModule
from torch.distributed.tensor import DTensor


@contextmanager
def whole(model: nn.Module) -> Iterator[None]:
    """All of `model` on each rank for a while, so that one may do with it what others do not."""
    shares = [part for part in model.modules() if isinstance(part, FSDPModule)]
    for part in shares:
        part.set_reshard_after_forward(False, recurse=False)
        part.unshard()
    try:
        yield
    finally:
        for part in shares:
            part.set_reshard_after_forward(True, recurse=False)
            part.reshard()


def local(tensor: Tensor) -> Tensor:
    """This rank's share of a tensor, which may be written to."""
    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


def all_of(tensor: Tensor) -> Tensor:
    """The whole tensor; all ranks ask."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor
