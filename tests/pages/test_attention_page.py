"""The attention page: what it sends to the browser, and what it says to bad input."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from pages.ui.catalogue import find_model
from pages.ui.models import explain
from pages.ui.state import Look
from pages.ui.take_away import as_npz
from tests.pages.blobs import sent
from transformer.attention import MultiHeadAttention
from transformer.bundle import load_bundle, save_bundle
from transformer.tokenizer import EOS, SOS
from transformer.trace import tracing

ROOT = Path(__file__).resolve().parents[2]
PAGE = "pages/model/attention.py"
SENTENCE = "the red car is in front"


def open_page(**look: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / PAGE), default_timeout=20)
    for name, value in ({"model": "toy", "src": SENTENCE} | look).items():
        at.query_params[name] = value
    return at.run()


def address(at: AppTest, name: str) -> str | None:
    """A parameter of the page's address."""
    value = at.query_params.get(name)
    return value[0] if isinstance(value, list) else value


def test_every_head_is_the_models_own(dawn_runs: Path) -> None:
    at = open_page(tgt="la macchina rossa")
    assert not at.exception
    header, arrays = sent(at, "choice")

    bundle = load_bundle(dawn_runs / "toy" / "export")
    src = [*bundle.src_tokenizer.encode(SENTENCE).ids, EOS]
    tgt = [SOS, *bundle.tgt_tokenizer.encode("la macchina rossa").ids]
    with torch.no_grad(), tracing(bundle.model) as trace:
        bundle.model(torch.tensor([src]), torch.tensor([tgt]))
    assert header["src"][-1] == [["[EOS]", False]] and header["tgt"][0] == [["[SOS]", False]]
    assert (len(header["src"]), len(header["tgt"])) == (len(src), len(tgt))
    patterns = {
        "encoder": "encoder.layers.{}.self_attention.weights",
        "decoder": "decoder.layers.{}.self_attention.weights",
        "cross": "decoder.layers.{}.cross_attention.weights",
    }
    assert arrays.keys() == patterns.keys() | {f"{kind}_norms" for kind in patterns}
    for kind, pattern in patterns.items():
        assert arrays[kind].shape[:2] == (2, 3)
        for layer in range(2):
            own = trace[pattern.format(layer)][0].numpy()
            if kind == "decoder":  # the future, always 0, stays behind
                own = own[:, *np.tril_indices(len(tgt))]
            np.testing.assert_allclose(arrays[kind][layer], own, atol=1e-3)
            name = pattern.format(layer).removesuffix(".weights")
            attention, v = bundle.model.get_submodule(name), trace[f"{name}.v"][0]
            assert isinstance(attention, MultiHeadAttention)
            for head in range(3):  # what one head alone would bring, its neighbours silent
                alone = torch.zeros_like(v)
                alone[head] = v[head]
                brought = torch.nn.functional.linear(
                    alone.transpose(0, 1).flatten(1), attention.w_o.weight
                )
                np.testing.assert_allclose(
                    arrays[f"{kind}_norms"][layer, head], brought.norm(dim=1).detach(), rtol=2e-3
                )


def test_a_length_beyond_a_half_is_sent_as_it_is(dawn_runs: Path) -> None:
    folder = dawn_runs / "toy" / "export"
    bundle = load_bundle(folder)
    with torch.no_grad():
        for name, weight in bundle.model.named_parameters():
            if name.endswith(("w_v.weight", "w_o.weight")):
                weight.mul_(3e4)
    save_bundle(folder, bundle, half=False)
    _, arrays = sent(open_page(tgt="la"), "choice")
    for kind, lengths in explain(find_model("toy"), SENTENCE, "la").norms().items():
        assert lengths.max() > np.finfo(np.float16).max
        np.testing.assert_array_equal(arrays[f"{kind}_norms"], lengths)


def test_words_and_specials_are_sent_for_both_sides(dawn_runs: Path) -> None:
    header, _ = sent(open_page(tgt="la macchina rossa"), "choice")
    for side, special in (("src", len(header["src"]) - 1), ("tgt", 0)):
        told = header["sides"][side]
        assert told["special"] == [special]
        assert [first for first, _ in told["spans"]][1:] == [end for _, end in told["spans"]][:-1]
        assert told["spans"][-1][1] == len(header[side])
        words = ["".join(text for text, _ in word) for word in told["words"]]
        text = SENTENCE.split() if side == "src" else ["la", "macchina", "rossa"]
        specials = ["[EOS]"] if side == "src" else ["[SOS]"]
        spelled = [f"·{word}" for word in text]
        assert words == (spelled + specials if side == "src" else specials + spelled)


def test_roles_come_from_the_bundle_and_may_be_missing(dawn_runs: Path) -> None:
    from transformer.analysis.roles import measure, save_roles

    assert sent(open_page(), "choice")[0]["roles"] == {}
    folder = dawn_runs / "toy" / "export"
    save_roles(folder, measure(load_bundle(folder), [(SENTENCE, "la macchina rossa")] * 3, "pairs"))
    roles = sent(open_page(), "choice")[0]["roles"]
    assert roles["about"] == "3 sentences of pairs"
    assert [[len(layer) for layer in roles[kind]] for kind in ("encoder", "cross")] == [[3, 3]] * 2
    (folder / "roles.json").write_text("{broken")
    assert sent(open_page(), "choice")[0]["roles"] == {}


def test_without_a_target_the_model_explains_its_own(dawn_runs: Path) -> None:
    from pages.ui.catalogue import find_model
    from pages.ui.models import translate

    header, _ = sent(open_page(), "choice")
    own = translate(find_model("toy"), SENTENCE)[0]
    assert len(header["tgt"]) == 1 + len(own.ids)


def test_a_committed_head_goes_into_the_address(dawn_runs: Path) -> None:
    at = open_page()
    at.session_state["attention"] = {"choice": {"kind": "cross", "layer": 1, "head": 2, "n": 1}}
    at.run()
    assert not at.exception
    assert [address(at, name) for name in ("kind", "layer", "head")] == ["cross", "2", "3"]
    assert sent(at, "choice")[0]["choice"] == {"kind": "cross", "layer": 1, "head": 2}


def test_another_translation_is_explained_and_taken_back(dawn_runs: Path) -> None:
    at = open_page()
    at.text_input[0].set_value("la casa").run()
    assert address(at, "tgt") == "la casa"
    pieces = sent(at, "choice")[0]["tgt"]
    assert "".join(text for piece in pieces for text, _ in piece) == "[SOS]·la·casa"
    at.text_input[0].set_value("  ").run()
    assert address(at, "tgt") is None


def test_a_typed_target_tells_its_losses_as_text(dawn_runs: Path) -> None:
    def losses_on(at: AppTest) -> list[str]:
        return [found.proto.body for found in at.get("html") if "dawn-losses" in found.proto.body]

    assert losses_on(open_page()) == []  # the model's own translation surprises it nowhere
    at = open_page(tgt="la <b> casa")
    assert not at.exception
    (shown,) = losses_on(at)
    assert "&lt;" in shown and "<b>" not in shown.replace('<b dir="auto">', "")
    bundle = load_bundle(dawn_runs / "toy" / "export")
    src = [*bundle.src_tokenizer.encode(SENTENCE).ids, EOS]
    tgt = [SOS, *bundle.tgt_tokenizer.encode("la <b> casa").ids]
    with torch.no_grad():
        logits = bundle.model(torch.tensor([src]), torch.tensor([tgt]))[0]
    wanted = -logits.log_softmax(1)[torch.arange(len(tgt)), [*tgt[1:], EOS]]
    told = re.findall(r"<small>(\d+\.\d\d) · #", shown)
    np.testing.assert_allclose([float(loss) for loss in told], wanted, atol=6e-3)
    assert f"{float(wanted.mean()):.2f} nats" in " ".join(" ".join(at.caption.values).split())


@pytest.mark.parametrize(
    ("look", "words"),
    [
        ({"layer": "9"}, "There is no layer 9"),
        ({"head": "4"}, "There is no head 4"),
        ({"model": "gone"}, "There is no model “gone”"),
    ],
)
def test_what_does_not_exist_falls_back_and_says_so(
    dawn_runs: Path, look: dict[str, str], words: str
) -> None:
    at = open_page(**look)
    assert not at.exception
    assert words in at.info[0].value.replace("\u2060", "")
    assert sent(at, "choice")[1]


@pytest.mark.parametrize(
    ("look", "words"),
    [
        ({"src": "   "}, "Type a sentence"),
        ({"src": "red " * 200}, "shorten it"),
        ({"tgt": "rossa " * 100}, "shorten it"),
    ],
)
def test_what_cannot_be_shown_is_one_sentence(
    dawn_runs: Path, look: dict[str, str], words: str
) -> None:
    at = open_page(**look)
    assert not at.exception
    assert [words in told.value for told in [*at.warning, *at.info]] == [True]
    assert bool(at.info) == (words == "Type a sentence")  # then nothing is wrong


def test_a_broken_model_is_one_sentence(dawn_runs: Path) -> None:
    weights = dawn_runs / "toy" / "export" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:200])
    at = open_page()
    assert not at.exception
    assert "cut short" in at.warning[0].value


@pytest.mark.parametrize("text", ["<script>alert(1)</script> **b** $x$", "👩‍👩‍👧 שלום", "a\x00b"])
def test_any_text_is_shown_as_it_is(dawn_runs: Path, text: str) -> None:
    at = open_page(src=text[:20], tgt=text[:20])
    assert not at.exception
    assert "<script" not in "".join(found.proto.body for found in at.get("html"))
    assert sent(at, "choice")[1]


@pytest.mark.parametrize("panel", ["walk", "edit", "why"])
def test_of_an_edited_model_only_what_if_shows_the_edits(dawn_runs: Path, panel: str) -> None:
    """The others take its numbers apart, and an edit is no part of the model."""
    at = open_page(edits="off:encoder.1.1")
    at.segmented_control(key="attention.panel").set_value(panel).run()
    assert not at.exception
    told = "what follows is the model as it was trained"
    assert any(told in caption.value for caption in at.caption) == (panel != "edit")
    assert address(at, "edits") == "off:encoder.1.1"


def test_all_numbers_are_saved_under_their_names(dawn_runs: Path) -> None:
    info = find_model("toy")
    explained = explain(info, SENTENCE, "la macchina rossa")
    with np.load(io.BytesIO(as_npz(Look("toy", src=SENTENCE), info, explained))) as file:
        about = json.loads(str(file["about"]))
        assert about["src_pieces"] == explained.src_pieces and about["model"] == "toy"
        assert set(file.files) == {"about", *explained.tensors} and about["dims"] == explained.dims
        for name, tensor in explained.tensors.items():
            np.testing.assert_array_equal(file[name], tensor)


def test_a_model_whose_weights_are_no_numbers_is_said_to_be_so(dawn_runs: Path) -> None:
    folder = dawn_runs / "toy" / "export"
    bundle = load_bundle(folder)
    with torch.no_grad():
        next(bundle.model.encoder.parameters()).fill_(torch.nan)
    save_bundle(folder, bundle)
    at = open_page()
    assert not at.exception
    assert "hold values that are no finite numbers" in at.warning[0].value
