"""What is not a translator learns in the same trainer: real small runs of each task."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.trainer.small_runs import (
    Tiny,
    attempt_here,
    events_of,
    forget,
    metric,
    outcome,
    prepared_run,
)
from trainer.alarms import Alarms
from trainer.checkpoints import newest_checkpoint, read_checkpoint
from trainer.config import TrainConfig
from trainer.corpora import load_data
from trainer.data import split_by_groups
from trainer.events import EventWriter
from trainer.export import export
from trainer.identity import check_texts
from trainer.image_scores import image_scores
from trainer.images import Scenes, image_data
from trainer.presets import resolve
from trainer.runs import Run
from trainer.tasks import task_of
from trainer.tasks.images_held_out import ImagesHeldOut
from trainer.tasks.see import See
from trainer.tasks.sizes import numbers_by_part
from transformer.config import ConfigError
from transformer.decoder_only import DecoderOnly
from transformer.encoder_only import EncoderOnly, hide
from transformer.one_stream import OneStream, load_one_stream
from transformer.tokenizer import EOS, SOS

TEXTS = ("fill", "continue")
SEEN: dict[str, Any] = {
    "steps": 12, "valid_every": 6, "save_every": 6, "warmup": 2, "log_every": 1,
    "device": "cpu", "precision": "fp32", "threads": 1,
}  # fmt: skip


def digits(**changes: Any) -> TrainConfig:
    return resolve("digits", SEEN | {"encoder_layers": 1, "d_model": 16, "d_ff": 32} | changes)


@pytest.mark.parametrize("task", TEXTS)
def test_a_text_task_learns_and_its_bundle_is_what_was_validated(
    tiny: Tiny, runs: Path, task: str
) -> None:
    config = tiny(task=task, steps=60, valid_every=30, save_every=30, label_smoothing=0.0)
    run = prepared_run(config)
    attempt_here(run)
    assert outcome(run)["outcome"] == "finished"
    losses = metric(run, "val/nll")
    assert losses[60] < losses[30] < math.log(300)
    assert metric(run, "val/perplexity")[60] == pytest.approx(math.exp(losses[60]), rel=1e-6)
    bundle = load_one_stream(export(run.path))
    kind = EncoderOnly if task == "fill" else DecoderOnly
    assert isinstance(bundle.model, kind)
    assert bundle.tokenizer is not None and list(bundle.about["languages"]) == ["en", "it"]
    if task == "continue":
        found, characters = likelihood(bundle, config)
        assert found == pytest.approx(losses[60], abs=3e-3)  # float16
        bits = metric(run, "val/bits_per_character")[60]
        assert bits == pytest.approx(characters, abs=3e-3)
    right, five = guessed(bundle, config)
    assert metric(run, "val/accuracy")[60] == pytest.approx(right, abs=0.02)  # float16
    if task == "fill":
        assert metric(run, "val/among_five")[60] == pytest.approx(five, abs=0.02)
        assert right < five


def guessed(bundle: Any, config: TrainConfig) -> tuple[float, float]:
    """How often the likeliest piece is right, and one of the first five, counted one at a time."""
    pairs = load_data(config.data)[0].pairs
    held_out = split_by_groups(pairs, config.valid_pairs, config.seed).valid
    lines = [side for pair in held_out for side in pair][: config.bleu_pairs]
    right, five, asked = 0, 0, 0
    for number, line in enumerate(lines):
        ids = bundle.tokenizer.encode(line).ids
        if isinstance(bundle.model, EncoderOnly):
            places, read = [number % len(ids)], [*ids, EOS]
            labels, read[places[0]] = ids, bundle.model.mask
        else:
            read, labels = [SOS, *ids], [*ids, EOS]
            places = list(range(len(read)))
        with torch.no_grad():
            logits = bundle.model(torch.tensor([read]))[0]
        if isinstance(bundle.model, EncoderOnly):  # no text holds a special or a mask
            logits[:, :4] = logits[:, bundle.model.mask] = -torch.inf
        for place in places:
            best = logits[place].topk(5).indices.tolist()
            right += best[0] == labels[place]
            five += labels[place] in best
            asked += 1
    return right / asked, five / asked


def test_only_what_is_hidden_is_asked_for(tiny: Tiny, runs: Path) -> None:
    config = tiny(task="fill", hidden_share=0.3)
    task = task_of(config)
    prepared = task.prepare(prepared_run(config).path, "it", False, True)
    batch = task.collate([prepared.train[place] for place in range(6)])
    model = prepared.bundle.model.eval()
    _, nll, count = task.held_out_losses(model, batch, 3)
    draw = torch.Generator().manual_seed(3)
    read, labels = hide(batch.ids, model.mask, 4, 0.3, draw)
    hidden = labels > 0
    with torch.no_grad():
        log_probs = model(read).log_softmax(dim=-1)
    own = -log_probs.gather(-1, labels[..., None])[..., 0][hidden].sum()
    assert 6 <= int(count) == int(hidden.sum()) < int((batch.ids > 3).sum()) / 2
    assert float(nll.detach()) == pytest.approx(float(own), rel=1e-5)


@pytest.mark.parametrize(("preset", "exclusive"), [("digits", True), ("scenes", False)])
def test_a_bundle_says_of_which_images_it_is(tmp_path: Path, preset: str, exclusive: bool) -> None:
    task = See(resolve(preset, {}))
    task.save(tmp_path / "eyes", tmp_path, task.blank(), {}, {})
    bundle = load_one_stream(tmp_path / "eyes")
    images = "digits" if exclusive else "emoji"
    assert (bundle.about["images"], bundle.about["exclusive"]) == (images, exclusive)


def test_scores_of_another_style_are_of_its_images(tmp_path: Path) -> None:
    task = See(resolve("scenes", {"encoder_layers": 1, "d_model": 16, "d_ff": 16}))
    data = image_data(task.config)
    noto, other = (Scenes(5, 12, (vendor,), False) for vendor in ("noto", "twemoji"))
    data = replace(data, valid=noto, by_style=other)
    model = task.blank()
    bundle = OneStream("vision", model, None, tuple(data.classes), {})
    with EventWriter(tmp_path, 1) as events:
        examiner = ImagesHeldOut(bundle, data, task.loader, events, 9, lambda: None, Alarms(events))
        values, told = examiner.examine(6.0, 5.0, 2.0)
    for images, prefix in ((noto, ""), (other, "style_")):
        for name, value in image_scores(model, task.loader(images), "cpu", False).items():
            assert values[f"{prefix}{name}"] == pytest.approx(value, rel=1e-5)
    assert values["loss"] == 3.0 and values["nll"] != values["style_nll"]
    there = [{data.classes[k] for k in np.flatnonzero(noto[n][1])} for n in range(6)]
    assert [set(line["ref"].split(", ")) for line in told["translations"]] == there


def likelihood(bundle: Any, config: TrainConfig) -> tuple[float, float]:
    """Nats a piece, and bits a character, one held-out line after the other."""
    pairs = load_data(config.data)[0].pairs
    held_out = split_by_groups(pairs, config.valid_pairs, config.seed).valid
    lines = [side for pair in held_out for side in pair]
    nll, count = 0.0, 0
    for line in lines:
        ids = torch.tensor([[SOS, *bundle.tokenizer.encode(line).ids, EOS]])
        with torch.no_grad():
            log_probs = bundle.model(ids[:, :-1]).log_softmax(dim=-1)
        nll -= float(log_probs.gather(-1, ids[:, 1:, None]).sum())
        count += ids.size(1) - 1
    return nll / count, nll / math.log(2) / sum(map(len, lines))


@pytest.mark.parametrize("task", TEXTS)
def test_the_lines_of_both_languages_are_read_and_none_that_is_held_out(
    tiny: Tiny, runs: Path, task: str
) -> None:
    config = tiny(task=task)
    run = prepared_run(config)
    prepared = task_of(config).prepare(run.path, "it", False, True)
    split = split_by_groups(load_data(config.data)[0].pairs, config.valid_pairs, config.seed)
    assert len(prepared.train) == 2 * len(split.train)
    assert set(prepared.valid) == {side for pair in split.valid for side in pair}
    decode = prepared.bundle.tokenizer.decode
    read = {decode(prepared.train[place]) for place in range(len(prepared.train))}
    assert read == {side for pair in split.train for side in pair}
    assert not read & set(prepared.valid)


@pytest.mark.parametrize("task", [*TEXTS, "see"])
def test_a_resume_goes_on_as_if_nothing_had_happened(tiny: Tiny, runs: Path, task: str) -> None:
    """What is hidden is drawn at random, and a resume draws the same."""
    config = digits(ema=0.9) if task == "see" else tiny(task=task, steps=12, save_every=6)
    whole, halved = prepared_run(config, "whole"), prepared_run(config, "halved")
    attempt_here(whole)
    attempt_here(halved)
    forget(halved, 12)
    attempt_here(halved, 2)
    ours, theirs = weights(halved), weights(whole)
    assert ours.keys() == theirs.keys()
    for name in ours:
        torch.testing.assert_close(ours[name], theirs[name], rtol=0, atol=0)


def weights(run: Run) -> dict[str, torch.Tensor]:
    path = newest_checkpoint(run.checkpoints)
    assert path is not None
    state: dict[str, torch.Tensor] = read_checkpoint(path)["state_dict"]
    return state


def test_a_validation_hides_the_same_each_time(tiny: Tiny, runs: Path) -> None:
    config = tiny(task="fill")
    task = task_of(config)
    prepared = task.prepare(prepared_run(config).path, "it", False, True)
    batch = task.collate([prepared.train[place] for place in range(8)])
    torch.manual_seed(1)
    first = task.held_out_losses(prepared.bundle.model.eval(), batch, 3)
    again = task.held_out_losses(prepared.bundle.model.eval(), batch, 3)
    other = task.held_out_losses(prepared.bundle.model.eval(), batch, 4)
    assert float(first[1]) == float(again[1]) != float(other[1])


@pytest.mark.parametrize("eyes", ["vision", "cnn"])
def test_digits_are_learned_and_scored_as_the_bundle_sees_them(runs: Path, eyes: str) -> None:
    run = prepared_run(digits(eyes=eyes, steps=30, valid_every=15, batch_tokens=1088))
    attempt_here(run)
    losses = metric(run, "val/nll")
    assert losses[30] < losses[15]
    bundle = load_one_stream(export(run.path))
    assert bundle.labels == tuple("0123456789") and bundle.architecture == eyes
    data = image_data(digits())
    found = image_scores(bundle.model, See(digits()).loader(data.valid), "cpu", exclusive=True)
    assert found["nll"] == pytest.approx(losses[30], abs=5e-3)  # float16
    assert found["accuracy"] == pytest.approx(metric(run, "val/accuracy")[30], abs=0.01)


@pytest.mark.parametrize("task", ["fill", "continue", "see"])
def test_samples_say_what_the_model_answers_from_the_start_on(
    tiny: Tiny, runs: Path, task: str
) -> None:
    config = digits() if task == "see" else tiny(task=task, steps=12, valid_every=6)
    run = prepared_run(config)
    attempt_here(run)
    samples = [event for event in events_of(run) if event.kind == "sample"]
    assert [event.step for event in samples] == [0, 6, 12]
    for event in samples:
        lines = event.fields["translations"]
        assert lines and all(line["src"] and line["out"] for line in lines)
        assert ("[MASK]" in lines[0]["src"]) == (task == "fill")


def test_the_card_says_what_it_is(tiny: Tiny, runs: Path) -> None:
    run = prepared_run(digits())
    attempt_here(run)
    text = (export(run.path) / "card.md").read_text()
    assert "digits seen by a vision encoder" in text and "Vision Transformer, 1 layer, D" in text
    assert "accuracy" in text and "pairs" not in text.split("## Recipe")[1]


@pytest.mark.parametrize(
    ("preset", "changes", "sentence"),
    [
        ("fill", {"tokenizer": "words", "tie_embeddings": False}, "reads all lines with one"),
        ("fill", {"compile": True}, "compile is True, which the task fill does not know"),
        ("digits", {"graphs": "on"}, "graphs is 'on', which the task see does not know"),
        ("continue", {"start_from": "somewhere"}, "the task continue does not know"),
        (
            "continue",
            {"engine": "torchrun", "processes": 2, "parallel": "fsdp"},
            "parallel is fsdp, which the task continue does not know",
        ),
    ],
)
def test_what_a_task_does_not_know_is_refused_in_a_sentence(
    preset: str, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ConfigError, match=sentence):
        resolve(preset, changes)


@pytest.mark.parametrize("preset", ["nano", "fill", "continue", "digits", "scenes"])
def test_the_numbers_of_a_plan_are_the_models(preset: str) -> None:
    config = resolve(preset, {})
    model = task_of(config).blank()
    assert sum(numbers_by_part(config).values()) == sum(p.numel() for p in model.parameters())


def test_another_text_is_no_resume(tiny: Tiny, runs: Path) -> None:
    earlier = {"data": {"digits": "aa"}, "tokenizers": {}}
    with pytest.raises(ConfigError, match="training text has changed"):
        check_texts(earlier, {"data": {"digits": "bb"}, "tokenizers": {}})
