"""A card tells where a model comes from, whatever a validation came to."""

from __future__ import annotations

import math
from pathlib import Path

from trainer.card import validation_lines
from trainer.events import EventReader, EventWriter
from trainer.export import export
from trainer.presets import PRESETS
from trainer.runs import Run


def test_a_score_that_is_no_number_is_told_as_such(tmp_path: Path) -> None:
    scores = {"nll": math.nan, "bits_per_character": 1.5, "bleu": 2.0, "chrf": 3.0}
    with EventWriter(tmp_path, 1) as events:
        events.metric(4, {f"val/{name}": value for name, value in scores.items()})
    (line,) = validation_lines(PRESETS["nano"], EventReader(tmp_path).read(), 4)
    assert "NLL no number nats a token, 1.500 bits" in line
    assert "BLEU 2.0 and chrF 3.0" in line


def test_the_card_says_where_it_comes_from(averaged: Run) -> None:
    text = (export(averaged.path) / "card.md").read_text()
    for part in (
        "words: 200 pairs (licence unknown",
        "180 pairs to learn from, 20 held out by groups",
        "preset nano at step 24",
        "cores of",
        " s of wall time until this step, over one attempt",
        "ema 0.8",
        "at step 24, on the pairs held out: NLL",
    ):
        assert part in text, part
    assert str(Path(averaged.config["data"]).parent) not in text
