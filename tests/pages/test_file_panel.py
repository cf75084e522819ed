"""The panel "The tokenizer file": its words fit the file, and its vocabulary is the tokenizer's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer as Backend
from tokenizers import models, pre_tokenizers

from pages.ui.tokenizer_parts import Part, parts_of
from tests.pages.blobs import sent
from tests.pages.test_cutting_panel import open_panel
from transformer.analysis.counts import count, save_counts
from transformer.bundle import load_bundle
from transformer.tokenizer import train_bpe, train_words

STRANGE = "no words for"


def every(parts: list[Part] | tuple[Part, ...]) -> Iterator[Part]:
    for part in parts:
        yield part
        yield from every(part.inside)


def test_every_piece_is_there_with_what_it_was_made_from(dawn_runs: Path) -> None:
    folder = dawn_runs / "toy" / "export"
    tokenizer = load_bundle(folder).src_tokenizer
    header, arrays = sent(open_panel("file"), "parts")
    assert len(header["labels"]) == len(tokenizer) and "seen" not in arrays
    tokens = [str(tokenizer.backend.id_to_token(number)) for number in range(len(tokenizer))]
    assert arrays["lengths"].tolist() == [len(token) for token in tokens]
    merges = json.loads(tokenizer.to_json())["model"]["merges"]
    made = {rank: number for number, (_, _, rank) in enumerate(arrays["made"].tolist()) if rank}
    assert sorted(made) == list(range(1, len(merges) + 1))
    for rank, number in made.items():
        left, right, _ = arrays["made"][number]
        assert [tokens[left], tokens[right]] == merges[rank - 1]
        assert tokens[left] + tokens[right] == tokens[number]


def test_the_counts_are_the_bundles(dawn_runs: Path) -> None:
    folder = dawn_runs / "toy" / "export"
    counts = count(load_bundle(folder).src_tokenizer, ["the the car"], "cars")
    save_counts(folder, {"src": counts})
    header, arrays = sent(open_panel("file"), "parts")
    assert header["counted"] == "cars"
    np.testing.assert_array_equal(arrays["seen"], counts.tokens)


@pytest.mark.parametrize("tokenizer", [train_bpe(["la la"], 262), train_words(["la la"])])
def test_there_are_words_for_all_that_dawn_trains(tokenizer: Any) -> None:
    parts = list(every(parts_of(json.loads(tokenizer.to_json()))))
    assert not [part for part in parts if STRANGE in part.said or not part.said]
    names = [part.name for part in parts]
    assert names.index("Normaliser") < names.index("Words first") < names.index("Model")
    assert any("[EOS] 3" in part.said for part in parts)


def test_what_it_has_no_words_for_it_names(dawn_runs: Path) -> None:
    backend = Backend(models.Unigram([("a", -1.0), ("<b>", -2.0)], 0))
    backend.pre_tokenizer = pre_tokenizers.UnicodeScripts()
    parts = list(every(parts_of(json.loads(backend.to_str()))))
    assert [part.said for part in parts if STRANGE in part.said] == [
        "UnicodeScripts: a step that this page has no words for."
    ]
    assert "likeliest" in next(part.said for part in parts if part.name == "Model")
