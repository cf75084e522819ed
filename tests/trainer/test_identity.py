"""A resume is refused where the run is no longer the same, with the difference named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.trainer.small_runs import (
    Tiny,
    as_tsv,
    attempt_here,
    events_of,
    metric,
    prepared_run,
    word_pairs,
)
from trainer import hardware
from trainer.checkpoints import listed_checkpoints
from trainer.decided import Decided, read_decided
from trainer.runs import Run
from transformer.config import ConfigError


@pytest.fixture
def trained(tiny: Tiny, runs: Path, tmp_path: Path) -> Run:
    """A run of two steps on a text of its own."""
    path = tmp_path / "own.tsv"
    path.write_text(as_tsv(word_pairs(60)))
    run = prepared_run(tiny(data=str(path), steps=2, save_every=1, valid_pairs=10, bleu_pairs=1))
    attempt_here(run)
    (run.checkpoints / "step=00000002.ckpt").unlink()
    return run


def refused(run: Run) -> str:
    with pytest.raises(ConfigError):
        attempt_here(run, 2)
    end = events_of(run)[-1]
    assert end.fields["outcome"] == "failed"
    assert [listed.step for listed in listed_checkpoints(run.checkpoints)] == [1], "untouched"
    return str(end.fields["reason"])


def test_other_settings(trained: Run) -> None:
    spec = json.loads((trained.path / "spec.json").read_text())
    spec["config"] |= {"rate": 0.5, "label_smoothing": 0.0}
    (trained.path / "spec.json").write_text(json.dumps(spec))
    assert refused(trained) == (
        "The settings have changed since the run began, rate 0.5 (not 0.005), label_smoothing 0.0 "
        "(not 0.1): bring the old one back, or start a new run."
    )


def test_another_vocabulary(trained: Run) -> None:
    """The same size, other pieces: nothing but the hash can tell."""
    path = trained.path / "tokenizer.src.json"
    tokenizer = json.loads(path.read_text())
    vocabulary = tokenizer["model"]["vocab"]
    vocabulary["a"], vocabulary["b"] = vocabulary["b"], vocabulary["a"]
    path.write_text(json.dumps(tokenizer))
    assert refused(trained).startswith(
        "The vocabulary has changed since the run began (tokenizer.src.json): bring"
    )


def test_another_text_with_as_many_pairs_and_pieces(trained: Run, tmp_path: Path) -> None:
    """Two lines change places: nothing but the hash can tell."""
    path = tmp_path / "own.tsv"
    first, second, *rest = path.read_text().splitlines(keepends=True)
    path.write_text("".join([second, first, *rest]))
    assert refused(trained) == (
        "The training text has changed since the run began (own): bring the old one back, or start "
        "a new run."
    )


def test_lost_tokenizers_are_made_again(trained: Run) -> None:
    """From the same text come the same ones."""
    for name in ("tokenizer.src.json", "tokenizer.tgt.json"):
        (trained.path / name).unlink()
    attempt_here(trained, 2)
    assert list(metric(trained, "train/loss")) == [1, 2]


def test_what_was_timed_once_is_not_timed_again(
    tiny: Tiny, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """auto was fp32 for the first attempt: so it is for the second, also without the record."""
    monkeypatch.setattr(hardware, "bf16_is_faster", lambda: False)
    run = prepared_run(tiny(steps=3, save_every=1, valid_every=3, bleu_pairs=1, precision="auto"))
    attempt_here(run)
    losses = metric(run, "train/loss")
    monkeypatch.setattr(hardware, "bf16_is_faster", lambda: True)
    for attempt, record in ((2, "kept"), (3, "lost")):
        (run.checkpoints / "step=00000003.ckpt").unlink()
        if record == "lost":
            (run.path / "decided.json").unlink()
        attempt_here(run, attempt)
        assert metric(run, "train/loss") == losses
        assert read_decided(run.path, {}) == Decided("fp32")


def test_data_that_changed_are_refused(tiny: Tiny, runs: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.tsv"
    path.write_text(as_tsv(word_pairs(60)))
    run = prepared_run(tiny(data=str(path), steps=1, valid_pairs=10, bleu_pairs=1))
    attempt_here(run)
    path.write_text(as_tsv(word_pairs(61)))
    with pytest.raises(ConfigError, match="The training text has changed since the run began"):
        attempt_here(run, 2)
