"""The parts of an attempt put together: module, callbacks, loaders, Lightning's trainer."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.plugins.environments import ClusterEnvironment
from pytorch_lightning.strategies import DDPStrategy, Strategy
from torch.utils.data import DataLoader

from trainer import ranks
from trainer.alarms import Alarms
from trainer.averaging import Ema
from trainer.batches import (
    TokenBatchSampler,
    fixed_batches,
    fixed_collate,
    token_batches,
)
from trainer.callbacks import Recorder
from trainer.compiling import Compiled
from trainer.config import TrainConfig
from trainer.control import Control
from trainer.decided import Decided
from trainer.events import EventWriter
from trainer.graphs import Graphs
from trainer.held_out import NEVER, HeldOut
from trainer.inside import Snapshots
from trainer.module import TrainingModule
from trainer.pace import Pace
from trainer.saving import RunCheckpointIO
from trainer.sharding import ShardedModule, sharded
from trainer.tasks import Prepared, Task
from trainer.validation import Validation


@dataclass(frozen=True)
class Assembly:
    """What is needed to begin: `trainer` fits `module` to `train` and validates it on `valid`."""

    trainer: pl.Trainer
    module: TrainingModule
    train: DataLoader[Any]
    valid: DataLoader[Any]
    validation: HeldOut
    pace: Pace


def assemble(
    config: TrainConfig,
    folder: Path,
    prepared: Prepared,
    decided: Decided,
    device: str,
    events: EventWriter,
    control: Control,
    place: ClusterEnvironment,
) -> Assembly:
    """Put an attempt of the run in `folder` together. Raises `DataError`.

    `place` says which rank this process is. Where each batch is cut in parts, as many more are
    summed up for one update.
    """
    config = replace(config, accumulate=config.accumulate * decided.parts)
    lengths = prepared.train.lengths
    sampler = TokenBatchSampler(
        lengths,
        config.batch_tokens,
        config.seed,
        decided.parts,
        ranks.rank(),
        ranks.size(),
        fixed_batches if decided.graphs else token_batches,
    )
    kind = ShardedModule if config.parallel == "fsdp" else TrainingModule
    module = kind(prepared.bundle.model, config, sampler)
    model = prepared.bundle.model
    if config.compile:
        module.arithmetic = Compiled((*model.encoder.layers, *model.decoder.layers))
    if decided.graphs and device == "cuda":
        share = 1 / config.accumulate  # what Lightning does to the loss of other steps
        sums = (decided.precision, config.label_smoothing, share)
        module.graphs = Graphs(model, *sums, module.arithmetic)
    alarms, pace = Alarms(events), Pace(events, config.log_every)
    task = module.task
    validation, valid = task.validation(prepared, decided.parts, events, control.heed, alarms)
    control.sample = validation.sample
    snapshots = []
    if isinstance(validation, Validation):  # what is inside is shown of translators alone
        snapshots = [Snapshots(events, folder / "snapshots", prepared.bundle, validation.probes)]
    averaging = [Ema(config.ema, first=config.warmup)] if config.ema else []
    recorder = Recorder(events, config.log_every, alarms)
    callbacks = [recorder, validation, *snapshots, *averaging, control, pace]
    plugins = [RunCheckpointIO(sampler), place]
    trainer = lightning(config, folder, device, decided.precision, callbacks, plugins)
    return Assembly(
        trainer,
        module,
        train_loader(config, task, prepared, sampler, decided),
        valid,
        validation,
        pace,
    )


def lightning(
    config: TrainConfig,
    folder: Path,
    device: str,
    precision: str,
    callbacks: list[pl.Callback],
    plugins: list[Any],
) -> pl.Trainer:
    """Lightning's trainer without its own logger, checkpoints, bars and hints."""
    return pl.Trainer(
        accelerator="gpu" if device == "cuda" else "cpu",
        devices=config.processes,
        num_nodes=config.nodes,
        strategy=strategy(config),
        precision="bf16-mixed" if precision == "bf16" else "32-true",
        max_steps=config.steps,
        max_epochs=-1,
        accumulate_grad_batches=config.accumulate,
        val_check_interval=NEVER,  # `Validation` says when
        check_val_every_n_epoch=None,
        num_sanity_val_steps=0,
        callbacks=callbacks,
        plugins=plugins,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
        default_root_dir=folder,
    )


def strategy(config: TrainConfig) -> Strategy | str:
    """How several processes keep one model; the totals of each stay its own."""
    if config.ranks == 1:
        return "auto"
    if config.parallel == "fsdp":
        return sharded(config.ranks)
    return DDPStrategy(forward_sync_buffers=False, timeout=ranks.PATIENCE)


def train_loader(
    config: TrainConfig,
    task: Task,
    prepared: Prepared,
    sampler: TokenBatchSampler,
    decided: Decided,
) -> DataLoader[Any]:
    """Batches in the sampler's order. Its own generator: it shall not draw from the dropout's."""
    fixed = partial(fixed_collate, config.batch_tokens, decided.parts, config.max_tokens)
    return DataLoader(
        prepared.train,
        batch_sampler=sampler,
        collate_fn=fixed if decided.graphs else task.collate,
        num_workers=config.workers,
        persistent_workers=config.workers > 0,
        pin_memory=torch.cuda.is_available() and config.device != "cpu",
        generator=torch.Generator(),
    )
