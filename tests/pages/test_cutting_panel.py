"""The panel "Step by step" of the tokens: every number is the tokenizer's or the corpus's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from pages.ui.word_threshold import counted
from tests.pages.blobs import sent
from trainer.corpora import load_corpus
from transformer.analysis.counts import count, save_counts
from transformer.bundle import Bundle, load_bundle, save_bundle
from transformer.config import ModelConfig
from transformer.model import Transformer
from transformer.tokenizer import train_words

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "the red è 👩 car is in front"


def open_panel(panel: str = "steps", **look: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "pages/words/tokens.py"), default_timeout=60)
    for name, value in ({"model": "toy", "src": SENTENCE, "panel": panel} | look).items():
        at.query_params[name] = value
    return at.run()


def plain(parts: list[list[Any]]) -> str:
    return "".join(text for text, _ in parts)


def test_the_words_end_in_the_tokens_and_their_rows(dawn_runs: Path) -> None:
    header, arrays = sent(open_panel(), "merging")
    bundle = load_bundle(dawn_runs / "toy" / "export")
    ids = [piece["id"] for word in header["words"] for piece in word["pieces"]]
    assert ids == bundle.src_tokenizer.encode(SENTENCE).ids
    for word in header["words"]:
        assert len(word["start"]) - len(word["merges"]) == len(word["pieces"])
    weight = bundle.model.src_embedding.weight.detach().numpy()
    np.testing.assert_array_equal(arrays["values"], weight[header["rows"], :6])
    assert plain(header["back"]) == SENTENCE.replace(" ", "·") and header["returned"]
    assert header["counted"] == "" and header["words"][0]["merges"][0][4] is None


def test_merges_are_told_as_often_as_the_bundle_counts_them(dawn_runs: Path) -> None:
    folder = dawn_runs / "toy" / "export"
    tokenizer = load_bundle(folder).src_tokenizer
    counts = count(tokenizer, ["the the car"], "cars")
    save_counts(folder, {"src": counts})
    at = open_panel()
    assert ["counted on cars alone (1 of its texts)" in found.value for found in at.caption].count(
        True
    ) == 1
    header, _ = sent(at, "merging")
    assert header["counted"] == "cars"
    seen = {rank: times for word in header["words"] for rank, _, _, _, times, _ in word["merges"]}
    assert seen and all(counts.merges[rank] == times for rank, times in seen.items())


@pytest.mark.parametrize(
    "text", ["", "   ", "\x00\ud800", "x" * 1000, "[EOS] <b>x</b>", "👩‍👩‍👧" * 60]
)
def test_any_text_is_cut_or_asked_for(dawn_runs: Path, text: str) -> None:
    assert not open_panel(src=text.encode("utf-8", "replace").decode()).exception


def test_a_word_model_shows_its_words_and_no_merges(dawn_runs: Path) -> None:
    tokenizer = train_words(["the red car"], 1)
    torch.manual_seed(1)
    config = ModelConfig(
        src_vocab=len(tokenizer), tgt_vocab=len(tokenizer), encoder_layers=1, decoder_layers=1,
        d_model=12, d_ff=8, heads=2, max_tokens=16,
    )  # fmt: skip
    bundle = Bundle(Transformer(config).eval(), tokenizer, tokenizer, ("en", "it"), {})
    save_bundle(dawn_runs / "words" / "export", bundle)
    at = open_panel(model="words", src="the blue car")
    header, _ = sent(at, "merging")
    assert not at.exception and not header["merging"]
    assert [word["pieces"][0]["id"] for word in header["words"]] == tokenizer.encode(
        "the blue car"
    ).ids
    assert plain(header["back"]).replace("·", " ") == "the [UNK] car" and not header["returned"]


def test_the_lessons_words_are_those_of_the_corpus(dawn_runs: Path) -> None:
    at = open_panel()
    at.button_group(key="tokens.way").set_value("words").run()
    at.button_group(key="tokens.corpus").set_value("libreoffice-help").run()
    assert not at.exception
    header, arrays = sent(at, "sentence")
    texts = [source for source, _ in load_corpus("libreoffice-help").pairs]
    tokenizer = train_words(texts, 5, 10**6)
    counts = arrays["counts"]
    kept = int((counts >= 5).sum())
    assert len(tokenizer) == kept + 4
    words, _ = counted("libreoffice-help", 0)
    assert words[:kept] == [tokenizer.label(number) for number in range(4, kept + 4)]
    places = [place for _, place in header["sentence"]]
    integers = [place + 4 if 0 <= place < kept else 1 for place in places]
    assert integers == tokenizer.encode(SENTENCE).ids
