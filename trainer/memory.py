"""A full memory: how it is known, and a training that goes on with batches cut in two.

The batches keep their order and each update its pairs: a window has twice as many batches, each
with half of the pairs.
"""

import errno
from typing import Any

from pytorch_lightning.plugins.io import TorchCheckpointIO
from torch import OutOfMemoryError

from trainer.batches import TokenBatchSampler

SIGNS = ("can't allocate memory", "out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "bad_alloc")


def is_memory_full(error: BaseException) -> bool:
    """Whether the memory of the machine or of the GPU was too small for what was asked of it."""
    if isinstance(error, MemoryError | OutOfMemoryError):
        return True
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in SIGNS)


class CheckpointInParts(TorchCheckpointIO):
    """Reads a checkpoint of whole batches as if they had been cut into the sampler's parts."""

    def __init__(self, sampler: TokenBatchSampler) -> None:
        super().__init__()
        self.sampler = sampler

    def load_checkpoint(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        """As Lightning reads it, with the batches of the epoch counted in parts."""
        checkpoint: dict[str, Any] = super().load_checkpoint(*arguments, **options)
        count_in_parts(checkpoint, self.sampler)
        return checkpoint


def count_in_parts(checkpoint: dict[str, Any], sampler: TokenBatchSampler) -> None:
    """Wherever the checkpoint counts the batches of its epoch, count the sampler's parts."""
    state = checkpoint["sampler"]
    if state["parts"] == sampler.parts:
        return
    consumed = state["consumed"] * sampler.parts // state["parts"]
    more = consumed - state["consumed"]
    checkpoint["sampler"] = state | {"consumed": consumed, "parts": sampler.parts}
    if checkpoint["epoch_batches"]:  # none at the end of an epoch
        checkpoint["epoch_batches"] += more
    progress = checkpoint["loops"]["fit_loop"]["epoch_loop.batch_progress"]
    for counts in (progress["total"], progress["current"]):
        for name in counts:
            counts[name] += more
