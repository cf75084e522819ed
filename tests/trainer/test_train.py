"""Whole attempts, in this process: what is learned, saved, resumed, validated and refused."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest
import torch

from tests.trainer.small_runs import (
    EPOCH,
    TINY,
    WORDS,
    as_tsv,
    attempt_here,
    events_of,
    metric,
    prepared_run,
    word_pairs,
)
from trainer import train as trainer_train
from trainer.batches import TokenBatchSampler
from trainer.callbacks import process_seconds
from trainer.checkpoints import listed_checkpoints, newest_checkpoint, read_checkpoint
from trainer.config import TrainConfig
from trainer.control import StopRequested
from trainer.corpora import load_data
from trainer.data import split_by_groups
from trainer.evaluate import encode_pairs, likelihood, sentence_chrf, translate
from trainer.export import export, metrics_lines
from trainer.hardware import bf16_is_faster, pick_device, threads
from trainer.history import read_events, surviving
from trainer.prepare import prepare
from trainer.presets import resolve
from trainer.runs import Run, load_run
from trainer.schedule import learning_rate
from trainer.train import reason
from trainer.validation import PROBES, probes
from transformer.analysis.example import load_example
from transformer.bundle import load_bundle, save_bundle
from transformer.config import ConfigError

Tiny = Callable[..., TrainConfig]


def forget(run: Run, step: int) -> None:
    """As if the attempt had died before it saved at `step`."""
    (run.checkpoints / f"step={step:08d}.ckpt").unlink()


def samples_of(run: Run) -> list[list[dict[str, str]]]:
    """What was translated, without what a resume went back behind."""
    told = surviving(events_of(run))
    return [event.fields["translations"] for event in told if event.kind == "sample"]


def outcome(run: Run) -> dict:
    return events_of(run)[-1].fields


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


@pytest.fixture(scope="module")
def averaged(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Run:
    """A run of 24 steps with averaged weights from step 12 on, one epoch and a part of the next."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAWN_RUNS", str(tmp_path_factory.mktemp("averaged")))
        changes = {"ema": 0.8, "warmup": 12, "steps": 24, "save_every": 10, "valid_every": 10}
        config = resolve("nano", TINY | {"data": str(corpus)} | changes)
        run = prepared_run(config, "averaged")
        attempt_here(run)
    return run


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


def test_best_and_worst_translations_are_kept(averaged: Run) -> None:
    """Of the 8 that are translated the 3 nearest to their references, and the 3 furthest."""
    last = [event for event in events_of(averaged) if event.kind == "sample"][-1]
    best, worst = last.fields["best"], last.fields["worst"]
    told = [line["chrf"] for line in [*best, *reversed(worst)]]
    assert len(told) == 6
    assert told == sorted(told, reverse=True)
    for line in [*best, *worst]:
        assert line["chrf"] == round(sentence_chrf(line["out"], line["ref"]), 1)


def test_probes_are_of_the_source_language(averaged: Run, tiny: Tiny, runs: Path) -> None:
    bundle, pairs = load_bundle(export(averaged.path)), [("uno due", "a b"), ("tre " * 20, "c")]
    assert probes(bundle, pairs) == list(PROBES)
    assert probes(replace(bundle, languages=("it", "en")), pairs) == ["uno due"]


def test_the_recorded_example_is_the_runs_own_probe(tiny: Tiny, runs: Path) -> None:
    """A run from another language than English never sees our English sentences."""
    run = prepared_run(tiny(src_language="xx", steps=1, valid_every=1))
    attempt_here(run)
    sample = next(event for event in events_of(run) if event.kind == "sample")
    example = load_example(export(run.path))
    assert example is not None
    assert example.src == sample.fields["translations"][0]["src"] not in PROBES


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


def test_the_validation_is_that_of_the_exported_bundle(averaged: Run) -> None:
    config = TrainConfig.from_dict(averaged.config)
    bundle = load_bundle(export(averaged.path))
    pairs = load_data(config.data)[0].pairs
    held_out = split_by_groups(pairs, config.valid_pairs, config.seed).valid
    found = likelihood(bundle, held_out)
    assert found.nll == pytest.approx(metric(averaged, "val/nll")[24], abs=2e-3)  # float16
    bits = metric(averaged, "val/bits_per_character")[24]
    assert found.bits_per_character == pytest.approx(bits, abs=2e-3)


def test_the_card_says_where_it_comes_from(averaged: Run) -> None:
    text = (export(averaged.path) / "card.md").read_text()
    for part in (
        "words: 200 pairs (licence unknown",
        "180 pairs to learn from, 20 held out by groups",
        "preset nano at step 24",
        "cores of",
        "hours of wall time until this step, over one attempt",
        "ema 0.8",
        "at step 24, on the pairs held out: NLL",
    ):
        assert part in text, part
    assert str(Path(averaged.config["data"]).parent) not in text


def test_threads_are_a_share_of_the_processors_that_it_may_use(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a machine with many, a job may be given few."""
    monkeypatch.setattr("os.cpu_count", lambda: 128)
    monkeypatch.setattr("torch.get_num_threads", lambda: 4)
    ranks = {"engine": "torchrun", "processes": 2}
    assert [threads(tiny(threads=number)) for number in (0, 3)] == [4, 3]
    assert [threads(tiny(threads=number, **ranks)) for number in (0, 3)] == [2, 3]
    assert threads(tiny(threads=0, **ranks | {"processes": 8})) == 1


def test_starting_from_a_bundle(averaged: Run, tiny: Tiny, runs: Path, tmp_path: Path) -> None:
    """With text of its own: the bundle's tokenizer is kept, and its weights are where it begins."""
    start, own = tmp_path / "start", tmp_path / "own.tsv"
    own.write_text(as_tsv(pairs := word_pairs(150, seed=5)))
    bundle = load_bundle(export(averaged.path, start))
    config = tiny(
        data=str(own), start_from=str(start), steps=2, rate=1e-8, save_every=1, valid_every=1
    )
    run = prepared_run(config)
    attempt_here(run)
    held_out = split_by_groups(pairs, config.valid_pairs, config.seed).valid
    assert metric(run, "val/nll")[1] == pytest.approx(likelihood(bundle, held_out).nll, abs=1e-4)
    (start / "config.json").unlink()  # the run has all it needs in its own folder
    forget(run, 2)
    attempt_here(run, 2)
    assert outcome(run)["outcome"] == "finished"
    exported = load_bundle(export(run.path))
    assert translate(exported, ["one cat"]) == translate(bundle, ["one cat"])


def test_the_first_rank_alone_writes_what_it_starts_from(
    averaged: Run, tiny: Tiny, tmp_path: Path
) -> None:
    """Two that write the same file at once would take it from each other."""
    config = tiny(start_from=str(export(averaged.path, tmp_path / "start")))
    folder = tmp_path / "run"
    folder.mkdir()
    prepare(config, folder, "it")
    written = {path: path.stat().st_ino for path in folder.iterdir()}
    prepare(config, folder, "it", first=False)
    assert {path: path.stat().st_ino for path in folder.iterdir()} == written


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"d_model": 64}, "start_from has other sizes than this run: set d_model 32 (not 64)."),
        (
            {"tokenizer": "words", "tie_embeddings": False},
            "tokenizer is words, but start_from has bpe: set it to bpe.",
        ),
    ],
)
def test_a_bundle_of_other_sizes_is_refused(
    averaged: Run, tiny: Tiny, runs: Path, changes: dict, sentence: str
) -> None:
    start = runs.parent / "start"
    export(averaged.path, start)
    run = prepared_run(tiny(start_from=str(start), **changes))
    with pytest.raises(ConfigError):
        attempt_here(run)
    assert outcome(run) == {"outcome": "failed", "reason": sentence}


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


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_cuda_without_cuda(tiny: Tiny, runs: Path) -> None:
    with pytest.raises(ConfigError, match="no CUDA device that torch can use: set device"):
        attempt_here(run := prepared_run(tiny(device="cuda")))
    assert "no CUDA device" in outcome(run)["reason"]
    assert pick_device(tiny(device="auto")) == "cpu"


def test_bf16_is_measured() -> None:
    assert bf16_is_faster(size=32, rounds=1) in (True, False)


def test_data_that_changed_are_refused(tiny: Tiny, runs: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.tsv"
    path.write_text(as_tsv(word_pairs(60)))
    run = prepared_run(tiny(data=str(path), steps=1, valid_pairs=10, bleu_pairs=1))
    attempt_here(run)
    path.write_text(as_tsv(word_pairs(61)))
    with pytest.raises(ConfigError, match="The training text has changed since the run began"):
        attempt_here(run, 2)


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
