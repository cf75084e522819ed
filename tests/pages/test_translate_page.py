"""The translate page: its numbers are the model's own, and every text is only text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from pages.ui.catalogue import find_model
from pages.ui.models import explain, translate
from pages.ui.steps import next_pieces
from tests.pages.blobs import sent
from transformer.bundle import load_bundle
from transformer.decoding import greedy
from transformer.tokenizer import EOS, SOS

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "the red car"


def open_page(**look: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "pages/model/translate.py"), default_timeout=20)
    for name, value in ({"model": "toy", "src": SENTENCE} | look).items():
        at.query_params[name] = value
    return at.run()


def choose_method(at: AppTest, method: str) -> AppTest:
    return at.segmented_control[0].set_value(method).run()


def test_the_steps_are_the_softmax_of_the_models_logits(dawn_runs: Path) -> None:
    header, arrays = sent(open_page(), "translations")
    bundle = load_bundle(dawn_runs / "toy" / "export")
    src = torch.tensor([[*bundle.src_tokenizer.encode(SENTENCE).ids, EOS]])
    own = greedy(bundle.model, src)[0]
    taken = own.ids + [EOS] * own.finished
    with torch.no_grad():
        logits = bundle.model(src, torch.tensor([[SOS, *taken][: len(taken)]]))[0]
    probs = logits.softmax(dim=-1)
    best = probs.topk(10)
    np.testing.assert_allclose(arrays["topProbs"], best.values.numpy(), atol=1e-5)
    wanted = probs[torch.arange(len(taken)), taken].log()
    np.testing.assert_allclose(arrays["logProbs"], wanted.numpy(), atol=1e-4)
    label = bundle.tgt_tokenizer.label
    shown = ["".join(part for part, _ in header["labels"][place]) for place in arrays["taken"]]
    assert shown == [label(number).replace(" ", "·") for number in taken]


@pytest.mark.parametrize("method", ["greedy", "beam", "sample"])
def test_the_steps_add_up_to_the_log_probability(dawn_runs: Path, method: str) -> None:
    at = choose_method(open_page(), method)
    assert not at.exception
    header, arrays = sent(at, "translations")
    own = header["translations"][header["place"]]
    assert arrays["logProbs"].sum() == pytest.approx(own["logProb"], abs=1e-3)


def test_every_hypothesis_is_listed_and_another_can_be_chosen(dawn_runs: Path) -> None:
    at = choose_method(open_page(), "beam")
    header, _ = sent(at, "translations")
    found = translate(find_model("toy"), SENTENCE, "beam", beams=4, alpha=0.6)
    assert [entry["logProb"] for entry in header["translations"]] == [h.log_prob for h in found]
    assert header["place"] == 0

    at.session_state["steps"] = {"chosen": {"list": header["list"], "place": 2}}
    header, arrays = sent(at.run(), "translations")
    assert header["place"] == 2
    assert arrays["logProbs"].sum() == pytest.approx(found[2].log_prob, abs=1e-3)

    at.slider[0].set_value(2)
    at.session_state["steps"] = {"chosen": {"list": header["list"], "place": 2}}
    assert sent(at.run(), "translations")[0]["place"] == 0  # another list: its best


def test_only_the_controls_of_the_method_are_there_and_keep_their_values(dawn_runs: Path) -> None:
    at = open_page()
    assert not at.slider
    at = choose_method(at, "beam")
    assert [slider.label for slider in at.slider] == ["Beams", "Length penalty"]
    at.slider[0].set_value(2).run()
    at = choose_method(at, "sample")
    assert len(at.slider) == 5
    assert len(sent(at, "translations")[0]["translations"]) == at.slider[0].value
    at = choose_method(at, "beam")
    assert at.slider[0].value == 2


def test_a_translation_without_an_end_says_so(dawn_runs: Path) -> None:
    own = translate(find_model("toy"), SENTENCE)[0]
    at = open_page()
    said = any("Unfinished" in caption.value for caption in at.caption)
    assert said == (not own.finished)
    assert sent(at, "translations")[0]["translations"][0]["finished"] == own.finished


def test_a_translation_that_is_empty_has_one_step(dawn_runs: Path) -> None:
    logits = explain(find_model("toy"), SENTENCE, []).tensors["output.logits"][0]
    steps = next_pieces(logits, [EOS])
    assert steps.top.shape == (1, 10)
    assert steps.ranks[0] == 1 + int((logits[0] > logits[0, EOS]).sum())


def test_next_pieces_wants_one_id_for_each_step() -> None:
    with pytest.raises(ValueError, match="2 steps, but 1"):
        next_pieces(np.zeros((2, 5)), [1])


@pytest.mark.parametrize(("src", "words"), [(" ", "Type a sentence"), ("red " * 200, "shorten it")])
def test_what_cannot_be_translated_is_one_sentence(dawn_runs: Path, src: str, words: str) -> None:
    at = open_page(src=src)
    assert not at.exception
    assert [words in told.value for told in [*at.warning, *at.info]] == [True]
    assert bool(at.info) == (words == "Type a sentence")  # then nothing is wrong


@pytest.mark.parametrize("src", ["<script>1</script> $x$", "👩‍👩‍👧 שלום", "a\x00b", "😀" * 5])
def test_any_text_is_translated_without_a_traceback(dawn_runs: Path, src: str) -> None:
    at = choose_method(open_page(src=src), "sample")
    assert not at.exception
    assert sent(at, "translations")[1]
