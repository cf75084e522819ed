"""A run becomes the bundle of the weights that it would show."""

from __future__ import annotations

from pathlib import Path

import torch

from tests.trainer.small_runs import Tiny, attempt_here, events_of, prepared_run
from trainer.checkpoints import newest_checkpoint, read_checkpoint
from trainer.config import TrainConfig
from trainer.export import export
from trainer.prepare import prepare
from trainer.runs import Run
from trainer.validation import PROBES
from transformer.analysis.example import load_example
from transformer.bundle import load_bundle


def test_the_recorded_example_is_the_runs_own_probe(tiny: Tiny, runs: Path) -> None:
    """A run from another language than English never sees our English sentences."""
    run = prepared_run(tiny(src_language="xx", steps=1, valid_every=1))
    attempt_here(run)
    sample = next(event for event in events_of(run) if event.kind == "sample")
    example = load_example(export(run.path))
    assert example is not None
    assert example.src == sample.fields["translations"][0]["src"] not in PROBES


def test_the_bundle_has_the_averaged_weights(averaged: Run) -> None:
    path = averaged.checkpoints / "step=00000020.ckpt"
    checkpoint = read_checkpoint(path)
    mean = checkpoint["state_dict"]["model.output.weight"]
    newest = checkpoint["current_model_state"]["model.output.weight"]
    assert not torch.allclose(mean, newest)
    last = newest_checkpoint(averaged.checkpoints)
    assert last is not None
    saved = read_checkpoint(last)["state_dict"]["model.output.weight"]
    exported = load_bundle(export(averaged.path)).model.output.weight
    assert torch.equal(exported, saved.half().float())


def test_before_the_average_begins_the_newest_weights_are_exported(tiny: Tiny, runs: Path) -> None:
    run = prepared_run(tiny(ema=0.9, warmup=50, schedule="constant", steps=2, save_every=1))
    torch.manual_seed(1)
    attempt_here(run)
    path = newest_checkpoint(run.checkpoints)
    assert path is not None
    checkpoint = read_checkpoint(path)
    for name, weights in checkpoint["state_dict"].items():
        assert torch.equal(weights, checkpoint["current_model_state"][name]), name
    untrained = prepare(TrainConfig.from_dict(run.config), run.path, "t").bundle
    assert not torch.equal(
        checkpoint["state_dict"]["model.output.weight"], untrained.model.output.weight
    )
