"""The attention page under edits: it draws the edited pass, and what if compares the two."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from tests.pages.blobs import sent
from tests.pages.test_attention_page import SENTENCE, address, open_page
from transformer.analysis.edits import Edited, Hide, Off
from transformer.analysis.interventions import functions
from transformer.bundle import load_bundle, save_bundle
from transformer.decoding import greedy
from transformer.tokenizer import EOS, SOS
from transformer.trace import tracing

EDITS = "off:cross.1.2;hide:2;mean:decoder.2"


def what_if(**look: str) -> AppTest:
    return open_page(panel="edit", **look)


def text_of(at: AppTest) -> str:
    return " ".join(found.proto.body for found in at.get("html"))


def test_every_head_is_that_of_the_edited_pass(dawn_runs: Path) -> None:
    at = open_page(edits=EDITS)
    assert not at.exception
    assert "The model is edited" in at.info[0].value
    _, arrays = sent(at, "choice")

    bundle = load_bundle(dawn_runs / "toy" / "export")
    src = torch.tensor([[*bundle.src_tokenizer.encode(SENTENCE).ids, EOS]])
    edits: list[Edited] = [Off("cross", 1, 2), Hide(2), Off("decoder", 2, None, "mean")]
    made = functions(bundle.model, edits, [[place] for place in range(src.size(1))])
    found = greedy(bundle.model, src, edits=made)[0]
    with torch.no_grad(), tracing(bundle.model, made) as trace:
        bundle.model(src, torch.tensor([[SOS, *found.ids]]))
    for layer in range(2):
        own = trace[f"decoder.layers.{layer}.cross_attention.weights"][0].numpy()
        np.testing.assert_allclose(arrays["cross"][layer], own, atol=1e-3)
    assert not arrays["encoder"][:, :, :, 1].any() and not arrays["cross"][:, :, :, 1].any()


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ("off:cross.9.1", "no layer 9"),
        ("row:cross.1.1.1=1,0", "it has 2 weights"),
        ("nonsense", "is no edit"),
    ],
)
def test_edits_that_do_not_fit_are_told_and_left_out(
    dawn_runs: Path, edits: str, words: str
) -> None:
    at = open_page(edits=edits)
    assert not at.exception
    assert [words in told.value.replace("\\", "") for told in at.info] == [True]
    np.testing.assert_array_equal(
        sent(at, "choice")[1]["cross"], sent(open_page(), "choice")[1]["cross"]
    )


def test_what_if_shows_both_translations_and_where_they_part(dawn_runs: Path) -> None:
    assert "as it is" not in text_of(what_if())
    at = what_if(edits="off:cross.1;off:cross.2;off:encoder.1")
    assert not at.exception
    drawn = text_of(at)
    assert "as it is" in drawn and "edited" in drawn and "log P −" in drawn
    assert "Where they part" in drawn or "No word changes" in drawn
    header, arrays = sent(at, "measures")
    assert len(header["off"]) == 9 and header["off"][0] == {
        "kind": "cross", "layer": 0, "head": 0, "how": "zero",
    }  # fmt: skip
    assert arrays["cross0"].shape == (2, 3) and np.isfinite(arrays["cross0"]).all()


def test_the_piece_in_bold_is_one_that_a_decoder_can_write(dawn_runs: Path) -> None:
    folder = dawn_runs / "toy" / "export"
    bundle = load_bundle(folder)
    with torch.no_grad():  # [SOS] is likelier than any other piece, and still never written
        norm = bundle.model.get_parameter("decoder.norm.bias")
        norm.copy_(10 * bundle.model.output.weight[SOS])
    save_bundle(folder, bundle)
    drawn = text_of(what_if(edits="off:cross.1;off:encoder.1"))
    rows = re.findall(r"<tr><th scope=row>([^<]*)</th>(.*?)</tr>", drawn)
    assert any(label == "[SOS]" for label, _ in rows)
    bold = [label for label, cells in rows if "written" in cells]
    assert bold and "[SOS]" not in bold


def test_the_edits_are_undone_and_reset_in_the_address(dawn_runs: Path) -> None:
    at = what_if(edits=EDITS)
    at.button(key="edit.undo").click().run()
    assert address(at, "edits") == "off:cross.1.2;hide:2"
    at.button_group(key="edit.how").set_value("mean").run()
    assert address(at, "edits") == "mean:cross.1.2;hide:2"
    at.text_input(key="edit.text").set_value("blue").run()
    assert address(at, "edits") == "mean:cross.1.2;hide:2;swap:1=blue"
    at.button(key="edit.reset").click().run()
    assert address(at, "edits") is None
    assert not at.exception and "as it is" not in text_of(at)


def test_an_edit_that_no_link_has_room_for_takes_no_other_with_it(
    dawn_runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("pages.ui.state", "transformer.analysis.edits"):
        monkeypatch.setattr(f"{module}.LONGEST", len(EDITS) + 20)
    at = what_if(edits=EDITS)
    at.text_input(key="edit.text").set_value("b" * 30).run()
    assert not at.exception
    assert address(at, "edits") == EDITS
    assert "no room" in at.toast[0].value
    at.text_input(key="edit.text").set_value("blue").run()
    assert address(at, "edits") == f"{EDITS};swap:1=blue"


def test_what_does_not_fit_can_be_taken_back(dawn_runs: Path) -> None:
    at = what_if(edits="off:cross.9.1")
    assert "no layer 9" in at.info[0].value
    at.button(key="edit.reset").click().run()
    assert address(at, "edits") is None and not at.info
    assert not [button for button in at.button if button.key == "edit.reset"]


def test_the_row_of_the_chosen_head_is_the_one_in_force(dawn_runs: Path) -> None:
    count = len(load_bundle(dawn_runs / "toy" / "export").src_tokenizer.encode(SENTENCE).ids) + 1
    weights = ",".join(["1"] + ["0"] * (count - 1))
    at = what_if(kind="cross", layer="2", head="3", edits=f"row:cross.2.3.1={weights}")
    header, arrays = sent(at, "columns")
    assert (header["kind"], header["layer"], header["head"]) == ("cross", 2, 3)
    assert arrays["weights"][0].tolist() == [1.0] + [0.0] * (count - 1)
    assert arrays["weights"].shape == (len(header["rows"]), len(header["columns"]))
