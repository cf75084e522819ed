"""A full memory: how it is known, and a training that goes on with batches cut in two.

The batches keep their order and each update its pairs: a window has twice as many batches, each
with half of the pairs.
"""

import errno
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import OutOfMemoryError

from trainer.batches import TokenBatchSampler
from trainer.callbacks import TrainingFailed
from trainer.decided import Decided
from trainer.events import EventWriter

FULL = (
    "The memory is full, also with its batches cut in two: start a new run with less batch_tokens, "
    "or a smaller model."
)
HALVED = (
    "the memory was full. It goes on from the newest checkpoint with each batch cut in two; an "
    "update is as large as before."
)
SIGNS = ("can't allocate memory", "out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "bad_alloc")


class MemoryFull(RuntimeError):
    """The memory was full for the first time: the next attempt goes on with halved batches."""


def make_room(folder: Path, decided: Decided, events: EventWriter, step: int) -> RuntimeError:
    """Decide on halved batches, once, and say so: what to raise, the end only the second time."""
    if decided.parts > 1:
        return TrainingFailed(FULL)
    replace(decided, parts=2).write(folder)
    said = f"By step {step + 1:,} {HALVED}"
    events.write("alert", step=step, message=said)
    return MemoryFull(said)


def is_memory_full(error: BaseException) -> bool:
    """Whether the memory of the machine or of the GPU was too small for what was asked of it."""
    if isinstance(error, MemoryError | OutOfMemoryError):
        return True
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in SIGNS)


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
