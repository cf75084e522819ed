"""The processes that train one model together: which of them this one is, and what they agree on.

Each is a rank, 0 the first: it alone writes events, checkpoints and snapshots. Whatever begins
with "all" is asked by every rank at the same point of its work. A process alone is rank 0 of 1,
and nothing is sent.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar, cast

import torch
from pytorch_lightning.plugins.environments import (
    ClusterEnvironment,
    LightningEnvironment,
    SLURMEnvironment,
    TorchElasticEnvironment,
)
from torch import Tensor, distributed

PATIENCE = timedelta(hours=2)  # for one that prepares the data while the others wait
LOST = (
    "Connection closed by peer",
    "Connection reset by peer",
    "Connection refused",
    "Broken pipe",
    "failed to recv",
    "NCCL error",
)

T = TypeVar("T")


def environment(engine: str) -> ClusterEnvironment:
    """Where a process reads which rank it is, by the engine that started it."""
    if engine == "torchrun":
        return TorchElasticEnvironment()
    if engine == "slurm":
        return SLURMEnvironment(auto_requeue=False)  # the supervisor does, as the next attempt
    return LightningEnvironment()


def join(place: ClusterEnvironment, device: str) -> None:
    """Meet the other ranks, if there are any; small things are told over the CPU, always."""
    size = place.world_size()
    if size == 1:
        return
    os.environ["MASTER_ADDR"], os.environ["MASTER_PORT"] = place.main_address, str(place.main_port)
    if device == "cuda":
        torch.cuda.set_device(place.local_rank())
    backend = "cpu:gloo,cuda:nccl" if device == "cuda" else "gloo"
    rank = place.global_rank()
    distributed.init_process_group(backend, rank=rank, world_size=size, timeout=PATIENCE)


def rank() -> int:
    """The number of this process among those that train together, 0 for one alone."""
    return distributed.get_rank() if together() else 0


def size() -> int:
    """How many train together."""
    return distributed.get_world_size() if together() else 1


def together() -> bool:
    """Whether there are others."""
    return distributed.is_available() and distributed.is_initialized()


def all_summed(numbers: Tensor) -> Tensor:
    """The sum over the ranks, of tensors of one shape; the one given stays as it is."""
    if not together():
        return numbers
    total = numbers.clone()
    distributed.all_reduce(total)
    return total


def all_asked(wishes: Sequence[bool]) -> list[bool]:
    """For each wish, whether any rank has it."""
    if not together():
        return list(wishes)
    votes = torch.tensor(wishes, dtype=torch.uint8)
    distributed.all_reduce(votes, distributed.ReduceOp.MAX)
    return [bool(vote) for vote in votes.tolist()]


def all_told(find: Callable[[], T]) -> T:
    """What the first rank finds; the others do not look for themselves."""
    found = None if rank() else find()
    if not together():
        return cast(T, found)
    box = [found]
    distributed.broadcast_object_list(box, device=torch.device("cpu"))
    return cast(T, box[0])


def all_gathered(thing: T) -> list[T]:
    """What each rank has there, in their order."""
    if not together():
        return [thing]
    found: list[Any] = [None] * size()
    distributed.all_gather_object(found, thing)
    return found


@contextmanager
def all_after_the_first() -> Iterator[None]:
    """The first rank does it, then the others, who find what it has written."""
    if rank():
        all_wait()
    yield
    if not rank():
        all_wait()


def all_wait() -> None:
    """Go on when every rank has come here."""
    all_asked([False])


def is_lost(error: BaseException) -> bool:
    """Whether an error says that another rank is there no more."""
    return (
        together()
        and isinstance(error, RuntimeError)
        and (isinstance(error, distributed.DistError) or any(sign in str(error) for sign in LOST))
    )
