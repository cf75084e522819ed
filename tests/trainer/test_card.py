"""A card is written whatever a validation came to."""

from __future__ import annotations

import math
from pathlib import Path

from trainer.card import validation_lines
from trainer.events import EventReader, EventWriter
from trainer.presets import PRESETS


def test_a_score_that_is_no_number_is_told_as_such(tmp_path: Path) -> None:
    scores = {"nll": math.nan, "bits_per_character": 1.5, "bleu": 2.0, "chrf": 3.0}
    with EventWriter(tmp_path, 1) as events:
        events.metric(4, {f"val/{name}": value for name, value in scores.items()})
    (line,) = validation_lines(PRESETS["nano"], EventReader(tmp_path).read(), 4)
    assert "NLL no number nats a token, 1.500 bits" in line
    assert "BLEU 2.0 and chrF 3.0" in line
