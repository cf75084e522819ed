"""Whole attempts, in this process: what is learned, saved, resumed and told."""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path

import pytest
import torch

from tests.trainer.small_runs import (
    EPOCH,
    TINY,
    WORDS,
    Tiny,
    attempt_here,
    events_of,
    forget,
    metric,
    outcome,
    prepared_run,
)
from trainer import train as trainer_train
from trainer.batches import TokenBatchSampler
from trainer.callbacks import process_seconds
from trainer.checkpoints import listed_checkpoints
from trainer.config import TrainConfig
from trainer.control import StopRequested
from trainer.corpora import load_data
from trainer.data import split_by_groups
from trainer.evaluate import encode_pairs, translate
from trainer.export import export, metrics_lines
from trainer.history import read_events, surviving
from trainer.runs import Run, load_run
from trainer.schedule import learning_rate
from trainer.train import reason
from transformer.bundle import load_bundle, save_bundle


def samples_of(run: Run) -> list[list[dict[str, str]]]:
    """What was translated, without what a resume went back behind."""
    told = surviving(events_of(run))
    return [event.fields["translations"] for event in told if event.kind == "sample"]


@pytest.mark.parametrize(
    ("changes", "from_step"),
    [
        ({"steps": EPOCH + 4, "save_every": EPOCH, "valid_every": EPOCH + 4}, EPOCH),
        ({"steps": 12, "save_every": 7, "valid_every": 12, "accumulate": 3, "ema": 0.5}, 7),
        ({"steps": 8, "save_every": 4, "valid_every": 8, "accumulate": 2, "workers": 2}, 4),
    ],
    ids=["end of an epoch", "middle of a window's epoch, averaged", "two workers, mid-epoch"],
)
def test_a_resume_goes_on_as_if_nothing_had_happened(
    tiny: Tiny, runs: Path, changes: dict, from_step: int
) -> None:
    run = prepared_run(tiny(**changes))
    attempt_here(run)
    losses = ("train/loss", "train/nll", "gradient_norm", "epoch/loss", "epoch/share", "val/nll")
    names = (*losses, "tokens")
    whole = {name: metric(run, name) for name in names}
    samples = samples_of(run)
    for checkpoint in listed_checkpoints(run.checkpoints):
        if checkpoint.step > from_step:
            forget(run, checkpoint.step)
    attempt_here(run, 2)
    resumed = [e for e in events_of(run) if e.kind == "resume"]
    assert [e.fields["from_step"] for e in resumed] == [0, from_step]
    assert (from_step in whole["epoch/share"]) == (from_step == EPOCH)
    assert TINY["dropout"] > 0
    for name in names:
        assert metric(run, name) == whole[name], f"{name}, to the last bit"
    assert samples_of(run) == samples
    assert outcome(run)["outcome"] == "finished"
    points = [
        (json.loads(line)["step"], name)
        for line in metrics_lines(surviving(read_events(run.path))).splitlines()
        for name in json.loads(line)
        if name in names
    ]
    assert len(points) == len(set(points))


def test_two_runs_with_one_seed_are_one(tiny: Tiny, runs: Path) -> None:
    config = tiny(steps=3, bleu_pairs=1)
    for name in ("first", "second"):
        attempt_here(prepared_run(config, name))
    first, second = (metric(load_run(runs / name), "train/loss") for name in ("first", "second"))
    assert first == second
    assert len(first) == 3


def test_the_events_of_a_run_are_complete(averaged: Run) -> None:
    events = events_of(averaged)
    assert events[0].kind == "resume"
    assert events[0].fields["from_step"] == 0
    phases = [e.phase for e in events if e.kind == "phase"]  # a promise may be made anew
    assert [phase for phase, _ in groupby(phases)] == [
        "preparing data", "training", *["validation", "training"] * 3
    ]  # fmt: skip
    assert [e.step for e in events if e.kind == "checkpoint"] == [10, 20, 24]
    assert list(metric(averaged, "train/loss")) == list(range(1, 25))
    assert list(metric(averaged, "val/bleu")) == [10, 20, 24]
    assert metric(averaged, "epoch/share") == pytest.approx(
        {EPOCH: 1.0, 2 * EPOCH: 1.0, 24: (24 - 2 * EPOCH) / EPOCH}
    )
    samples = [e for e in events if e.kind == "sample"]
    assert [e.step for e in samples] == [0, 10, 20, 24]
    probes = samples[1].fields["translations"]
    assert probes[0]["src"] == "edmund closed his banking account"
    assert sum("ref" in line for line in probes) == 3
    assert outcome(averaged) == {"outcome": "finished", "reason": "All steps are done."}
    seconds = [event.mono for event in events]
    assert seconds == sorted(seconds)


def test_the_rate_in_the_events_is_the_schedule(averaged: Run) -> None:
    config = TrainConfig.from_dict(averaged.config)
    wanted = {step: learning_rate(config, step - 1) for step in range(1, 25)}
    assert metric(averaged, "lr") == pytest.approx(wanted)


def test_seconds_count_from_the_start_of_the_process(averaged: Run) -> None:
    seconds = list(metric(averaged, "seconds").values())
    assert seconds == sorted(seconds)
    assert 0 < seconds[0] < seconds[-1] < process_seconds()


def test_the_mean_of_an_epoch_is_per_target_token(averaged: Run) -> None:
    """Loss x tokens summed over the epoch's points, over the tokens: not a mean of means."""
    config = TrainConfig.from_dict(averaged.config)
    pairs = load_data(config.data)[0].pairs
    split = split_by_groups(pairs, config.valid_pairs, config.seed)
    bundle = load_bundle(export(averaged.path, averaged.path / "again"))
    lengths = encode_pairs(bundle, split.train).lengths
    sampler = TokenBatchSampler(lengths, config.batch_tokens, config.seed)
    losses = metric(averaged, "train/loss")
    tokens = [sum(lengths[place][1] for place in batch) for batch in sampler]
    summed = sum(losses[step] * count for step, count in enumerate(tokens, 1))
    assert len(tokens) == EPOCH
    assert metric(averaged, "epoch/loss")[EPOCH] == pytest.approx(summed / sum(tokens))
    assert metric(averaged, "tokens")[EPOCH] == sum(tokens)


def test_the_loss_falls(averaged: Run) -> None:
    losses = metric(averaged, "train/loss")
    assert losses[24] < losses[1] - 1


def test_a_loss_that_is_no_number_ends_the_run(
    averaged: Run,
    tiny: Tiny,
    runs: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    start = runs.parent / "start"
    bundle = load_bundle(export(averaged.path))
    with torch.no_grad():
        bundle.model.output.weight[5] = 3e38  # a number, but no dot product with it is one
    save_bundle(start, bundle, half=False)
    run = prepared_run(tiny(start_from=str(start), save_every=1, log_every=2, steps=4))
    monkeypatch.setattr(sys, "argv", ["train", str(run.path)])
    assert trainer_train.main() == 1
    said = outcome(run)
    assert said["outcome"] == "failed"
    assert said["reason"].startswith(
        "By step 2 the loss or its gradient was no finite number; the first such number was in "
        "output.logits: lower the rate"
    )
    assert capsys.readouterr().err.strip() == f"Failed: {said['reason']}"
    assert not listed_checkpoints(run.checkpoints)


def test_the_lessons_words_train_export_and_translate(tiny: Tiny, runs: Path) -> None:
    """Two vocabularies, post-norm, untied, the paper's schedule: the lesson, made small."""
    config = tiny(
        preset="lesson", tokenizer="words", tie_embeddings=False, norm="post", optimiser="adam",
        schedule="paper", clip=0.0, warmup=20, steps=60, rate=1e-2, valid_every=60,
    )  # fmt: skip
    run = prepared_run(config)
    attempt_here(run)
    bundle = load_bundle(export(run.path))
    assert bundle.src_tokenizer is not bundle.tgt_tokenizer
    assert len(bundle.src_tokenizer) == len(bundle.tgt_tokenizer) == 4 + len(WORDS)
    assert metric(run, "train/loss")[60] < metric(run, "train/loss")[1] / 2
    assert set(translate(bundle, ["one cat"])[0].split()) <= set(WORDS.values())


def test_a_stop_before_the_first_step_saves_nothing_and_says_so(tiny: Tiny, runs: Path) -> None:
    run = prepared_run(tiny())
    (run.control / "stop").touch()
    with pytest.raises(StopRequested):
        attempt_here(run)
    assert outcome(run)["outcome"] == "stopped"
    assert not listed_checkpoints(run.checkpoints)


def test_save_and_sample_are_done_once(tiny: Tiny, runs: Path) -> None:
    run = prepared_run(tiny(steps=3, save_every=100, valid_every=100, bleu_pairs=1))
    for name in ("save", "sample"):
        (run.control / name).touch()
    attempt_here(run)
    assert not list(run.control.iterdir())
    assert [e.step for e in events_of(run) if e.kind == "checkpoint"] == [1, 3]
    assert [e.step for e in events_of(run) if e.kind == "sample"] == [0, 1, 3]


def test_finish_lets_the_rate_fall(tiny: Tiny, runs: Path) -> None:
    run = prepared_run(tiny(steps=60, schedule="constant", warmup=0, bleu_pairs=1))
    (run.control / "finish").touch()
    attempt_here(run)
    assert metric(run, "lr") == pytest.approx({1: 5e-3, 2: 5e-3})
    assert list(metric(run, "val/nll")) == [2]
    reason = "It was asked to finish, and did at step 2."
    assert outcome(run) == {"outcome": "finished", "reason": reason}


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(28, "No space left on device"), "The disk refused (No space left on device):"),
        (MemoryError(), "The memory is full: lower batch_tokens"),
        (KeyError("step"), "It met an error of its own (KeyError: 'step'); see log.txt."),
        (RuntimeError("first\nsecond"), "It met an error of its own (RuntimeError: first)"),
    ],
)
def test_a_reason_is_one_sentence(error: Exception, sentence: str) -> None:
    assert reason(error).startswith(sentence)
    assert "\n" not in reason(error)
