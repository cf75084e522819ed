"""ablation.json: each head's number is the difference of two losses measured apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from tests.trainer.test_project import make_bundle
from trainer import head_losses
from trainer.evaluate import likelihood
from transformer.bundle import Bundle

PAIRS = [("the red car", "in front"), ("of the house", "the car is red"), ("red red", "house")]
LAYERS = {"encoder": 1, "decoder": 1, "cross": 1}


def without_head(bundle: Bundle, head: int) -> Bundle:
    """The bundle with a head of the cross-attention cut out of W_O, for good."""
    with torch.no_grad():
        attention = bundle.model.decoder.layers[0].cross_attention
        attention.w_o.weight[:, 8 * head : 8 * head + 8] = 0  # type: ignore[union-attr, operator]
    return bundle


def test_the_rise_is_that_of_a_model_without_the_head(tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path / "model")
    found = head_losses.measure(bundle, PAIRS, "some pairs", "abc")
    before = likelihood(bundle, PAIRS)
    assert (found["pairs"], found["tokens"]) == (3, before.tokens)
    assert found["nll"] == pytest.approx(before.nll, abs=1e-4)
    after = likelihood(without_head(bundle, 1), PAIRS)
    assert found["rise"]["cross"][0][1] == pytest.approx(after.nll - before.nll, abs=2e-5)
    assert abs(after.nll - before.nll) > 5e-4
    assert [len(found["rise"][kind]) for kind in LAYERS] == [1, 1, 1]


def test_what_is_written_is_read_back_for_its_own_model_alone(tmp_path: Path) -> None:
    found = head_losses.measure(make_bundle(tmp_path / "model"), PAIRS, "some pairs", "abc")
    head_losses.write(tmp_path, found)
    read = head_losses.read(tmp_path, "abc", LAYERS, 2)
    assert read is not None and read[0] == "3 pairs of some pairs"
    assert read[1]["cross"].tolist()[0] == pytest.approx(found["rise"]["cross"][0])
    assert head_losses.read(tmp_path, "another", LAYERS, 2) is None
    assert head_losses.read(tmp_path, "abc", LAYERS, 3) is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"rise": 3}', json.dumps({"rise": {"encoder": "x"}})]
)
def test_a_broken_file_is_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / head_losses.FILE).write_text(text)
    assert head_losses.read(tmp_path, "abc", LAYERS, 2) is None


def test_pairs_are_spread_over_all() -> None:
    assert head_losses.spread(5, 200) == [0, 1, 2, 3, 4]
    picked = head_losses.spread(1000, 200)
    assert len(picked) == 200 and picked[0] == 0 and picked[-1] >= 990
