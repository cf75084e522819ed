"""What a run starts from: the weights and tokenizers of a bundle that fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trainer.small_runs import (
    Tiny,
    as_tsv,
    attempt_here,
    forget,
    metric,
    outcome,
    prepared_run,
    word_pairs,
)
from trainer.data import split_by_groups
from trainer.evaluate import likelihood, translate
from trainer.export import export
from trainer.prepare import prepare
from trainer.runs import Run
from transformer.bundle import load_bundle
from transformer.config import ConfigError


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
            "tokenizer is words, but start_from has one vocabulary for its two languages: "
            "set it to bpe.",
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
