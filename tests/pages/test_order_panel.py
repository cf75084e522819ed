"""Three kinds of positions beside each other, on the words in either order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pages.ui import catalogue
from pages.ui.order_panel import bag, held_out, opposite
from tests.pages.test_lab_panel import drawn, open_panel
from transformer.bundle import Bundle, load_bundle, save_bundle
from transformer.decoding import greedy
from transformer.model import Transformer
from transformer.tokenizer import EOS

WORDS = "the red car of the house"


@pytest.fixture
def every_kind(dawn_runs: Path) -> Path:
    """Beside "toy" a model with learned positions and one without any, called by their kind."""
    old = load_bundle(dawn_runs / "toy" / "export")
    for kind in ("learned", "none"):
        torch.manual_seed(7)
        model = Transformer(replace(old.model.config, positions=kind)).eval()
        bundle = Bundle(model, old.src_tokenizer, old.tgt_tokenizer, ("en", "it"), {"title": kind})
        save_bundle(dawn_runs / kind / "export", bundle)
    return dawn_runs


def test_each_kind_reads_the_words_both_ways(every_kind: Path) -> None:
    at = open_panel(panel="kinds", src=WORDS)
    assert not at.exception and not at.code
    for key in ("toy", "learned", "none"):
        bundle = load_bundle(every_kind / key / "export")
        for text in (WORDS, opposite(WORDS)):
            src = torch.tensor([[*bundle.src_tokenizer.encode(text).ids, EOS]])
            found = greedy(bundle.model, src)[0]
            assert f"log P {found.log_prob:.2f} nats".replace("-", "−") in drawn(at)
    told = [found.value for found in at.markdown]
    assert sum("a bag of words" in one for one in told) == 1


def test_a_kind_that_is_not_there_tells_how_to_train_it(
    dawn_runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "SHIPPED", tmp_path)  # nothing ships: there is "toy" alone
    at = open_panel(panel="kinds", src=WORDS)
    assert not at.exception
    shown = [block.value for block in at.code]
    assert [one.rpartition("--positions ")[2] for one in shown] == ["learned", "none"]


@pytest.mark.parametrize("src", ["", "one", "the the", "zq " * 100 + "the"])
def test_hard_sentences(every_kind: Path, src: str) -> None:
    at = open_panel(panel="kinds", src=src)
    assert not at.exception
    assert at.info or at.warning


def test_losses_that_a_bundle_tells(tmp_path: Path) -> None:
    assert held_out(tmp_path) is None
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1, "val/nll": 3.5}\n{"val/nll": 2.25}\n{"train/nll": 1}\n')
    assert held_out(tmp_path) == 2.25
    for broken in ("{", "7", '{"val/nll": null}', "\xff"):
        path.write_text(broken, "latin-1")
        assert held_out(tmp_path) is None


def test_the_other_order_is_a_persons_own(every_kind: Path) -> None:
    swapped = "the house of the red car"
    at = open_panel(panel="kinds", src=WORDS, positions=f"order-{swapped}")
    assert not at.exception and not at.info
    assert at.text_input(key="positions.order").value == swapped
    bundle = load_bundle(every_kind / "learned" / "export")
    src = torch.tensor([[*bundle.src_tokenizer.encode(swapped).ids, EOS]])
    found = greedy(bundle.model, src)[0]
    assert f"log P {found.log_prob:.2f} nats".replace("-", "−") in drawn(at)
    at.text_input(key="positions.order").set_value("").run()
    assert not at.exception and len(at.info) == 1  # no words at all are other words
    at.text_input(key="positions.order").set_value(opposite(WORDS)).run()
    assert not at.info and "positions" not in at.query_params


def test_other_words_are_one_sentence(every_kind: Path) -> None:
    at = open_panel(panel="kinds", src=WORDS, positions="order-<b>other</b> words")
    assert not at.exception and len(at.info) == 1
    assert "other words than your sentence" in at.info[0].value


def test_signs_may_change_places_with_words() -> None:
    assert bag("The dog sees the man.") == bag("The man sees the dog.")
    assert bag("The dog sees the man.") != bag("The dog sees a man.")
