"""One run on the page: its reason, its numbers, its words, and its curves as they were sent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.pages.blobs import sent
from tests.pages.training_page import ended_run, open_page, says
from trainer.presets import PRESETS
from trainer.runs import create_run


def test_an_ended_run_is_shown_with_its_reason_its_numbers_and_its_words(runs: Path) -> None:
    ended_run()
    at = open_page(run="toy")
    assert not at.exception
    assert "failed" in says(at)
    assert "The loss became nan at step 20." in says(at)
    assert "1 min 15 s" in says(at)
    assert "&lt;script&gt;" in says(at)
    assert "<script>" not in says(at)
    assert "Resume" in [button.label for button in at.button]


def test_nan_is_a_gap_with_a_mark_and_zero_is_a_value(runs: Path) -> None:
    ended_run()
    header, arrays = sent(open_page(run="toy"), "panels")
    loss = next(c for c in header["panels"][0]["curves"] if c["label"] == "each point")
    assert np.isnan(arrays[loss["y"]][19])
    np.testing.assert_allclose(arrays[loss["gaps"]], [20, 9.0 - 1.9], rtol=1e-6)
    rate = header["panels"][1]["curves"][0]
    assert (arrays[rate["y"]] == 0).all()
    assert header["panels"][1]["range"][0] == 0


def test_at_most_2000_points_are_sent(runs: Path) -> None:
    ended_run(points=6000)
    header, arrays = sent(open_page(run="toy"), "panels")
    points = sum(len(arrays[c["y"]]) for panel in header["panels"] for c in panel["curves"])
    assert 800 < points <= 2000
    assert header["ends"]["step"] == 6000


def test_a_run_that_never_trained_has_no_empty_curves(runs: Path) -> None:
    create_run(PRESETS["nano"].to_dict(), ["python"], run_id="prepared")
    at = open_page(run="prepared")
    assert not at.exception
    assert "It was prepared and never started." in says(at)
    with pytest.raises(AssertionError, match="no component was given 'panels'"):
        sent(at, "panels")
