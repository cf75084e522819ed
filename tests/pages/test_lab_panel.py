"""Other positions on the page: an independent pass, choices in the address, bad links."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from pages.ui.catalogue import find_model
from pages.ui.lab_controls import with_moves
from pages.ui.lab_heads import looking
from pages.ui.lab_panel import verdict
from pages.ui.models import explain
from transformer.analysis.neighbours import neighbour_shares
from transformer.analysis.position_edits import HOWS, Moved
from transformer.bundle import load_bundle
from transformer.decoding import greedy
from transformer.tokenizer import EOS, SOS

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "the red car is in front"


def open_panel(**look: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "pages/words/positions.py"), default_timeout=60)
    for name, value in ({"model": "toy", "src": SENTENCE, "panel": "lab"} | look).items():
        at.query_params[name] = value
    return at.run()


def drawn(at: AppTest) -> str:
    return " ".join(found.proto.body for found in at.get("html"))


def edits_of(at: AppTest) -> str | None:
    found = at.query_params.get("edits")
    return found[0] if isinstance(found, list) else found


def losses(model: torch.nn.Module, src: list[int], tgt: list[int]) -> torch.Tensor:
    with torch.no_grad():
        logits = model(torch.tensor([src]), torch.tensor([[SOS, *tgt]]))[0]
    wanted = torch.tensor([*tgt, EOS])
    return torch.nn.functional.cross_entropy(logits, wanted, reduction="none")


@pytest.mark.parametrize("side", ["encoder", "decoder", "both"])
def test_losses_and_translation_are_those_of_a_model_without_positions(
    dawn_runs: Path, side: str
) -> None:
    sides = ["encoder", "decoder"] if side == "both" else [side]
    at = open_panel(edits=";".join(f"pos:{one}.remove" for one in sides))
    assert not at.exception
    bundle = load_bundle(dawn_runs / "toy" / "export")
    src = [*bundle.src_tokenizer.encode(SENTENCE).ids, EOS]
    bare = copy.deepcopy(bundle.model)
    for one in sides:
        (bare.src_positions if one == "encoder" else bare.tgt_positions).table.zero_()
    own = greedy(bundle.model, torch.tensor([src]))[0]
    count = len(own.ids) + own.finished
    totals = [float(losses(model, src, own.ids)[:count].sum()) for model in (bundle.model, bare)]
    told = next(found.value for found in at.markdown if found.value.startswith("Now the"))
    assert [float(n) for n in re.findall(r"(\d+\.\d)\D", told)[:2]] == pytest.approx(
        totals, abs=0.06
    )
    new = greedy(bare, torch.tensor([src]))[0]
    assert f"log P {new.log_prob:.2f}".replace("-", "−") in drawn(at)
    words = re.findall(r"<td class=\"(?:before|after)\">.*?</i>([\d.]+)</td>", drawn(at))
    assert sum(map(float, words[0::2])) == pytest.approx(totals[0], abs=0.01 * len(words))
    assert sum(map(float, words[1::2])) == pytest.approx(totals[1], abs=0.01 * len(words))
    assert drawn(at).count(">none</small>") == (
        len(src) * ("encoder" in sides) + (len(own.ids) + 1) * ("decoder" in sides)
    )


@pytest.mark.parametrize("how", sorted(HOWS))
def test_every_move_is_drawn(dawn_runs: Path, how: str) -> None:
    at = open_panel(edits=with_moves("", ["encoder", "decoder"], how, 2.0))
    assert not at.exception
    assert "Loss of each word" in drawn(at) and "dawn-places" in drawn(at)
    assert len(at.get("plotly_chart")) == 6  # four of the page, one head twice


def test_the_choices_are_in_the_address(dawn_runs: Path) -> None:
    at = open_panel(edits="off:cross.1.2")
    assert "Choose what becomes" in at.markdown[-1].value
    at.button_group(key="lab.how").set_value("shift").run()
    assert edits_of(at) == "off:cross.1.2;pos:encoder.shift=3"
    assert any("other edits" in caption.value for caption in at.caption)
    at.button_group(key="positions.whose").set_value("both").run()
    at.slider(key="lab.amount.shift").set_value(-5).run()
    assert edits_of(at) == "off:cross.1.2;pos:encoder.shift=-5;pos:decoder.shift=-5"
    at.button_group(key="lab.how").set_value("shuffle").run()
    at.number_input(key="lab.amount.shuffle").set_value(7).run()
    assert edits_of(at) == "off:cross.1.2;pos:encoder.shuffle=7;pos:decoder.shuffle=7"
    at.button_group(key="lab.how").set_value("").run()
    assert edits_of(at) == "off:cross.1.2" and not at.exception


def test_a_link_is_shown_as_it_is(dawn_runs: Path) -> None:
    at = open_panel(edits="pos:decoder.stretch=77.25")
    assert at.session_state["positions.whose"] == "decoder"
    assert at.slider(key="lab.amount.stretch").value == 77.25
    at = open_panel(edits="pos:encoder.shift=9000")
    assert at.slider(key="lab.amount.shift").value == 9000
    assert not at.exception


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ("pos:encoder.shift=99999", "is no edit"),
        ("pos:encoder.<b>x</b>", "is no edit"),
        ("pos:encoder.remove;pos:encoder.reverse", "are changed already"),
    ],
)
def test_a_bad_link_is_one_sentence(dawn_runs: Path, edits: str, words: str) -> None:
    at = open_panel(edits=edits)
    assert not at.exception
    assert [words in told.value.replace("\\", "") for told in at.info] == [True]
    assert at.button_group(key="lab.how")


def test_a_sentence_is_asked_for_and_a_long_one_is_one_sentence(dawn_runs: Path) -> None:
    for src, words in (("  ", "Type a sentence"), ("zq " * 100, "shorten it")):
        at = open_panel(src=src, edits="pos:encoder.remove")
        assert not at.exception
        told = [*at.info, *at.warning]
        assert told and all(words in found.value for found in told)


def test_changes_of_nothing_are_said_to_be_none(dawn_runs: Path) -> None:
    at = open_panel(edits="pos:encoder.shift=0;pos:decoder.scale=1")
    told = next(found.value for found in at.markdown if found.value.startswith("Now the"))
    assert "nothing changes" in told
    assert "0.000 bits" in drawn(at) and "<ins>" not in drawn(at)
    assert verdict([Moved("encoder", "remove")], np.array([1.0]), np.array([3.5])).endswith(
        "costs **3.5** now, 2.5 more."
    )


def test_without_measured_roles_the_heads_are_those_that_look_beside_themselves(
    dawn_runs: Path,
) -> None:
    info = find_model("toy")
    passed = explain(info, SENTENCE)
    found = looking(info, passed)
    kind, layer, head = next(iter(found))
    best = max(
        float(shares.max())
        for kind in ("encoder", "decoder")
        for shares in neighbour_shares(passed.attention()[kind]).values()
    )
    own = neighbour_shares(passed.attention()[kind])
    assert best in [float(shares[layer - 1, head - 1]) for shares in own.values()]


def test_shares_of_neighbours() -> None:
    weights = np.zeros((1, 2, 3, 3))
    weights[0, 0] = np.eye(3, k=-1)
    weights[0, 1, :2] = 0.5
    shares = neighbour_shares(weights)
    assert shares["previous"].tolist() == [[1.0, 0.25]]
    assert shares["next"].tolist() == [[0.0, 0.5]]
    assert neighbour_shares(weights[:, :, :1, :1])["next"].tolist() == [[0.0, 0.0]]


def test_words_that_could_act_do_not(dawn_runs: Path) -> None:
    at = open_panel(src="<b>x</b> <img src=x>", edits="pos:encoder.reverse")
    assert not at.exception and "<img" not in drawn(at)
