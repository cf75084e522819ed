"""Looking inside a model at chosen steps of its training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytorch_lightning as pl
import torch
from torch import Tensor, nn

from trainer import ranks
from trainer.control import cause
from trainer.events import EventWriter
from trainer.shares import all_of, whole
from trainer.snapshots import BINS, Snapshot, snapshot_file, taken, write_snapshot
from transformer.analysis.example import record_all
from transformer.bundle import Bundle
from transformer.model import Transformer

GROWTH = 1.25  # a snapshot is taken when the step is this many times that of the last one
ROWS = 400  # of the embedding
OUTLIERS = 0.001  # share of the numbers beyond each end of a histogram
SAMPLED = 20_000
LONGEST = 40  # tokens of a probe's translation that are looked into


class Snapshots(pl.Callback):
    """Takes a snapshot before the training and after validations, ever further apart.

    A run of any length has about twenty. Stands before `Ema` in the list of callbacks, so that a
    snapshot after a validation shows the averaged weights, as the validation does.
    """

    def __init__(
        self, events: EventWriter, folder: Path, bundle: Bundle, probes: Sequence[str]
    ) -> None:
        self.events, self.folder, self.bundle, self.probes = events, folder, bundle, probes
        self.step = -1  # of the newest snapshot

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """The model that nothing was taught yet."""
        if trainer.global_step == 0:
            self.take(0)
        else:
            self.step = max((s for s in taken(self.folder) if s <= trainer.global_step), default=-1)

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Take one where enough has happened since the last."""
        if trainer.global_step >= max(1, self.step * GROWTH):
            self.take(trainer.global_step)

    def take(self, step: int) -> None:
        """Write the snapshot of `step`; a full disk is an alert, not the end."""
        self.step = step
        training = self.bundle.model.training
        seen = look(self.bundle, self.probes)  # by all ranks: each may hold a share of the model
        self.bundle.model.train(training)
        if ranks.rank():
            return
        path = snapshot_file(self.folder, step)
        try:
            self.folder.mkdir(exist_ok=True)
            write_snapshot(path, seen)
        except OSError as error:
            message = f"A snapshot could not be written ({cause(error)}): free some space."
            self.events.write("alert", step=step, level="warning", message=message)
            return
        self.events.write("snapshot", step=step, file=path.name, size=path.stat().st_size)


def look(bundle: Bundle, probes: Sequence[str]) -> Snapshot:
    """The model of `bundle` as it stands, its last gradients included."""
    model = bundle.model.eval()
    parts = model_parts(model)
    weights = [histogram([all_of(p) for p in parameters]) for parameters in parts.values()]
    gradients = [
        histogram([all_of(p.grad) for p in parameters if p.grad is not None])
        for parameters in parts.values()
    ]
    embedding = all_of(model.src_embedding.weight)[:ROWS]
    with whole(model):
        traces = record_all(bundle, probes, LONGEST)
    return Snapshot(
        traces,
        embedding.detach().to("cpu", torch.float16).numpy(),
        list(parts),
        *(np.stack(column) for column in zip(*weights, strict=True)),
        *(np.stack(column) for column in zip(*gradients, strict=True)),
    )


def model_parts(model: Transformer) -> dict[str, list[nn.Parameter]]:
    """The parameters by part: an embedding, or a sublayer of a layer. A tied matrix counts once."""
    parts: dict[str, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        path = name.split(".")
        part = ".".join(path[:4] if "layers" in path else path[:1])
        parts.setdefault(part, []).append(parameter)
    return parts


def histogram(tensors: Sequence[Tensor]) -> tuple[np.ndarray, np.ndarray]:
    """Counts (BINS,) of the finite numbers of all tensors, and the two ends (2,) they lie between.

    The ends leave out a few outliers, which are counted there; they are found among `SAMPLED`
    numbers, so that a large matrix costs no sorting.
    """
    if not tensors:
        return np.zeros(BINS, np.int64), np.zeros(2)
    numbers = torch.cat([tensor.detach().flatten().float() for tensor in tensors]).cpu().numpy()
    with np.errstate(over="ignore"):
        doubtful = not np.isfinite(numbers.sum())
    if doubtful:
        numbers = numbers[np.isfinite(numbers)]
    if not numbers.size:
        return np.zeros(BINS, np.int64), np.zeros(2)
    sampled = numbers[:: max(1, numbers.size // SAMPLED)]
    low, high = map(float, np.quantile(sampled, (OUTLIERS, 1 - OUTLIERS)))
    if low == high:
        low, high = low - 0.5, high + 0.5
    # A third of what np.histogram takes, which looks for each number's place among any edges.
    places = np.clip((numbers - low) * (BINS / (high - low)), 0, BINS - 1).astype(np.uint8)
    return np.bincount(places, minlength=BINS), np.array([low, high])
