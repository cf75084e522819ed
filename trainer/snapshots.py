"""The inside of a model at chosen steps of its training: attention, embeddings, weights, gradients.

A snapshot is `snapshots/step=00000300.npz` in the run folder, arrays without pickle.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import pytorch_lightning as pl
import torch
from torch import Tensor, nn

from trainer.control import cause
from trainer.events import EventWriter
from transformer.analysis.example import Example, record
from transformer.bundle import Bundle
from transformer.model import Transformer

GROWTH = 1.25  # a snapshot is taken when the step is this many times that of the last one
ROWS = 400  # of the embedding
BINS = 32
KINDS = ("encoder", "decoder", "cross")
ARRAYS = ("embedding", "weights", "weight_ends", "gradients", "gradient_ends")
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
            self.step = max(taken_steps(self.folder, trainer.global_step), default=-1)

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Take one where enough has happened since the last."""
        if trainer.global_step >= max(1, self.step * GROWTH):
            self.take(trainer.global_step)

    def take(self, step: int) -> None:
        """Write the snapshot of `step`; a full disk is an alert, not the end."""
        path = self.folder / f"step={step:08d}.npz"
        training = self.bundle.model.training
        try:
            self.folder.mkdir(exist_ok=True)
            write_snapshot(path, look(self.bundle, self.probes))
        except OSError as error:
            message = f"A snapshot could not be written ({cause(error)}): free some space."
            self.events.write("alert", step=step, level="warning", message=message)
            return
        finally:
            self.bundle.model.train(training)
        self.step = step
        self.events.write("snapshot", step=step, file=path.name, size=path.stat().st_size)


def taken_steps(folder: Path, until: int) -> list[int]:
    """The steps of the snapshots in `folder` up to `until`."""
    steps = (int(path.stem.removeprefix("step=")) for path in folder.glob("step=[0-9]*.npz"))
    return [step for step in steps if step <= until]


@dataclass(frozen=True)
class Snapshot:
    """A model as it stood.

    examples: each probe with the model's own translation of it and all attention between the two.
    embedding (N, D) in float16: the rows of the first N pieces of the source vocabulary.
    parts: names of the model's parts; for each, weights and gradients (parts, BINS) count its
    numbers between the two ends in weight_ends and gradient_ends (parts, 2). The gradients are
    those of the last update, clipped; a part that had none yet counts no numbers.
    """

    examples: list[Example]
    embedding: np.ndarray
    parts: list[str]
    weights: np.ndarray
    weight_ends: np.ndarray
    gradients: np.ndarray
    gradient_ends: np.ndarray


def look(bundle: Bundle, probes: Sequence[str]) -> Snapshot:
    """The model of `bundle` as it stands, its last gradients included."""
    model = bundle.model.eval()
    parts = model_parts(model)
    weights = [histogram(parameters) for parameters in parts.values()]
    gradients = [
        histogram([p.grad for p in parameters if p.grad is not None])
        for parameters in parts.values()
    ]
    return Snapshot(
        [record(bundle, probe, LONGEST) for probe in probes],
        model.src_embedding.weight[:ROWS].detach().to("cpu", torch.float16).numpy(),
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
    """Counts (BINS,) of the finite numbers of all tensors, and their two ends (2,)."""
    if not tensors:
        return np.zeros(BINS, np.int64), np.zeros(2)
    numbers = torch.cat([tensor.detach().flatten().float() for tensor in tensors])
    numbers = numbers[torch.isfinite(numbers)]
    counts, edges = np.histogram(numbers.cpu().numpy(), BINS)
    return counts, edges[[0, -1]]


def write_snapshot(path: Path, snapshot: Snapshot) -> None:
    """Write it in one piece, without pickle. Raises OSError."""
    told = [{**asdict(example), "attention": None} for example in snapshot.examples]
    arrays = {
        f"{kind}.{number}": array
        for number, example in enumerate(snapshot.examples)
        for kind, array in example.attention.items()
    }
    for name in ARRAYS:
        arrays[name] = getattr(snapshot, name)
    text = np.array(json.dumps({"examples": told, "parts": snapshot.parts}))
    beside = path.with_suffix(".part")
    try:
        with beside.open("wb") as file:
            np.savez_compressed(file, text=text, **arrays)  # type: ignore[arg-type]
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_snapshot(path: Path) -> Snapshot | None:
    """The snapshot in a file, None where there is none that can be read."""
    try:
        with np.load(path, allow_pickle=False) as data:
            text = json.loads(str(data["text"]))
            examples = [
                Example(**{**told, "attention": {kind: data[f"{kind}.{n}"] for kind in KINDS}})
                for n, told in enumerate(text["examples"])
            ]
            return Snapshot(examples, parts=text["parts"], **{name: data[name] for name in ARRAYS})
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile):
        return None
