"""Word by word: the pairs shown are the mean of the model's own cross-attention."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pages.ui.alignment_panel import alignment_words
from tests.pages.test_court_panel import SENTENCE, TARGET, open_panel
from transformer.analysis.alignment import align


def line(at, start: str) -> str:
    return next(found.value for found in at.markdown if found.value.startswith(start))


@pytest.mark.parametrize(("layer", "head"), [(0, 0), (2, 3)])
def test_pairs_are_the_models_own_weights(dawn_runs: Path, layer: int, head: int) -> None:
    from pages.ui.catalogue import find_model
    from pages.ui.models import explain
    from pages.ui.words import word_spans
    from transformer.analysis.alignment import word_weights

    at = open_panel()
    at.selectbox(key="court.layer").set_value(layer)
    at.selectbox(key="court.head").set_value(head)
    at.slider(key="court.threshold").set_value(0.15).run()
    assert not at.exception
    found = explain(find_model("toy"), SENTENCE, TARGET)
    cross = found.attention()["cross"]
    own = cross.mean((0, 1)) if not layer else cross[layer - 1, head - 1]
    spans = word_spans(found.src_pieces[:-1]), word_spans(found.tgt_pieces[1:])
    weights = word_weights(own[:-1, :-1], *spans)
    assert line(at, "Pairs").count(" ← ") == (weights >= 0.15).sum()
    assert f" {weights[weights >= 0.15].max():.2f}" in line(at, "Pairs")


def test_words_whose_letters_are_cut_into_bytes_are_read_whole(dawn_runs: Path) -> None:
    at = open_panel(src="שלום עולם", tgt="שלום")
    at.slider(key="court.threshold").set_value(0.05).run()
    assert not at.exception
    assert "שלום" in line(at, "Pairs") and "D7" not in line(at, "Pairs")


def test_where_nothing_is_as_strong_it_says_what_to_do(dawn_runs: Path) -> None:
    at = open_panel()
    at.slider(key="court.threshold").set_value(0.95).run()
    assert "lower it" in line(at, "Pairs")


def test_the_crossing_is_told_in_the_order_of_each_language() -> None:
    weights = np.array([[0.9, 0, 0], [0, 0.1, 0.8], [0, 0.7, 0.3]])
    words = ["la", "macchina", "rossa*"]
    lines = alignment_words(align(weights, 0.3, words), ["the", "red", "car"], words)
    assert lines[0] == "Crossing: **red** **car** → **macchina** **rossa\\***"
    assert lines[1] == "Looked at by nobody: none"
    assert lines[2] == "Looked at by several: **car** by **macchina**, **rossa\\***"
    assert lines[3].startswith("Pairs: la ← the 0.90 · macchina ← car 0.80")
