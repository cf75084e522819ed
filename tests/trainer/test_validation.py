"""What a validation translates and measures is what the exported model would."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.trainer.small_runs import Tiny, events_of, metric
from trainer.config import TrainConfig
from trainer.corpora import load_data
from trainer.data import split_by_groups
from trainer.evaluate import likelihood, sentence_chrf
from trainer.export import export
from trainer.runs import Run
from trainer.validation import PROBES, probes
from transformer.bundle import load_bundle


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


def test_the_validation_is_that_of_the_exported_bundle(averaged: Run) -> None:
    config = TrainConfig.from_dict(averaged.config)
    bundle = load_bundle(export(averaged.path))
    pairs = load_data(config.data)[0].pairs
    held_out = split_by_groups(pairs, config.valid_pairs, config.seed).valid
    found = likelihood(bundle, held_out)
    assert found.nll == pytest.approx(metric(averaged, "val/nll")[24], abs=2e-3)  # float16
    bits = metric(averaged, "val/bits_per_character")[24]
    assert found.bits_per_character == pytest.approx(bits, abs=2e-3)
