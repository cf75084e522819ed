"""One sentence, three machines: what is drawn is the models' own, what is asked is in the look."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from pages.ui import catalogue, machines
from pages.ui.asked import Asked, changes, longest_word
from pages.ui.catalogue import LookError, find_model
from pages.ui.machine_columns import same_places
from pages.ui.machine_numbers import figures, hidden_share
from pages.ui.machines import goes_on, machine, pieces_of, read_forward, read_hidden
from pages.ui.models import explain, translate
from pages.ui.results import Tokens
from tests.pages.blobs import read_blob, sent
from transformer.continuing import continued
from transformer.decoder_only import DecoderOnly
from transformer.filling import fill
from transformer.one_stream import OneStream, load_one_stream, save_one_stream
from transformer.stack import TextConfig
from transformer.tokenizer import train_bpe
from transformer.trace import tracing

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "The red car is in front of the house."


def open_page(**query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "pages" / "behind" / "machines.py"), default_timeout=60)
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def written(at: AppTest) -> str:
    parts = [*at.markdown, *at.caption, *at.warning, *at.info]
    return " ".join(part.value for part in parts).replace("\u2060", "").replace("\\", "")


def spelled(parts: list[list[Any]]) -> str:
    return "".join(text for text, _ in parts).replace("·", " ")


def test_the_guesses_are_those_of_fill_and_the_masks_those_of_the_weights() -> None:
    header, arrays = sent(open_page(src=SENTENCE, machines="hidden-3.9"), "machines")
    told = header["machines"]["encoder"]
    bundle: Any = load_one_stream(machine("encoder").folder)
    ids = bundle.tokenizer.encode(SENTENCE).ids
    for place, expected in fill(bundle.model, ids, {2, 8}).items():
        best = told["answer"]["guesses"][str(place)]["best"]
        assert [spelled(parts) for parts, _ in best] == [
            bundle.tokenizer.label(guess.piece) for guess in expected
        ]
        np.testing.assert_allclose([p for _, p in best], [g.probability for g in expected], 1e-5)
    assert [spelled(piece) for piece in told["sides"]["text"]][2] == "[MASK]"
    assert header["asked"]["hidden"] == [2, 8]
    for name, kind in (("encoder", "encoder"), ("decoder", "decoder")):
        heads = next(
            found
            for element in open_page(src=SENTENCE).get("bidi_component")
            if (found := read_blob(element.proto.bytes))[0].get("address") == f"{name}heads"
        )
        assert arrays[f"{name}.0"].all() == (name == "encoder")
        assert heads[1][kind].shape[:2] == (4, 4)


@pytest.mark.parametrize("hidden", [(), (1, 4)])
def test_a_reading_is_one_traced_pass(hidden: tuple[int, ...]) -> None:
    encoder, decoder = machine("encoder"), machine("decoder")
    for info, reading in (
        (encoder, read_hidden(encoder, SENTENCE, hidden)),
        (decoder, read_forward(decoder, SENTENCE)),
    ):
        bundle: Any = load_one_stream(info.folder)
        ids = bundle.tokenizer.encode(SENTENCE).ids
        if info is encoder:
            read = [*(bundle.model.mask if n in hidden else i for n, i in enumerate(ids)), 3]
        else:
            read = [2, *ids]
        with torch.no_grad(), tracing(bundle.model) as trace:
            bundle.model(torch.tensor([read]))
        stack = info.architecture
        for layer in range(4):
            weights = trace[f"{stack}.layers.{layer}.self_attention.weights"][0].numpy()
            np.testing.assert_allclose(reading.attention[layer], weights, atol=1e-6)
        assert np.array_equal(reading.mask, (reading.attention > 0).any((0, 1)))
        assert [read[place] for n, place in enumerate(reading.places) if n not in hidden] == [
            one for n, one in enumerate(ids) if n not in hidden
        ]


def test_the_decoder_tells_what_it_expected_and_where_the_real_piece_stood() -> None:
    info = machine("decoder")
    bundle: Any = load_one_stream(info.folder)
    ids = bundle.tokenizer.encode(SENTENCE).ids
    with torch.no_grad():
        rows = bundle.model(torch.tensor([[2, *ids]]))[0].softmax(dim=-1)
    found = read_forward(info, SENTENCE).guesses
    assert list(found) == list(range(len(ids) + 1))
    for place, own in enumerate(ids):
        ranked = rows[place].argsort(descending=True).tolist()
        assert found[place].rank == 1 + ranked.index(own)
        label, probability = found[place].own or ("", 0.0)
        assert label == bundle.tokenizer.label(own)
        assert probability == pytest.approx(float(rows[place, own]), rel=1e-5)
        assert found[place].best[0].label == bundle.tokenizer.label(ranked[0])
    assert found[len(ids)].own is None


@pytest.mark.parametrize(
    ("upto", "temperature", "seed"), [(None, 0.0, 0), (2, 0.0, 0), (3, 1.3, 7)]
)
def test_the_text_goes_on_as_the_model_does(
    upto: int | None, temperature: float, seed: int
) -> None:
    info = machine("decoder")
    bundle: Any = load_one_stream(info.folder)
    ids = bundle.tokenizer.encode(SENTENCE).ids[:upto]
    expected = continued(bundle.model, ids, machines.LONGEST, temperature, seed)
    found = goes_on(info, SENTENCE, upto, temperature, seed)
    assert found.text.strip() == bundle.tokenizer.decode(expected.ids).strip()
    assert (found.pieces, found.finished) == (len(expected.ids), expected.finished)


def test_from_inside_a_character_the_text_goes_on_and_is_not_told_again() -> None:
    """An emoji is four pieces, and a person may ask what follows the first of them."""
    info, text = machine("decoder"), "I like 👩"
    bundle: Any = load_one_stream(info.folder)
    ids = bundle.tokenizer.encode(text).ids
    for upto in range(len(ids) - 3, len(ids)):
        expected = continued(bundle.model, ids[:upto], machines.LONGEST)
        whole = bundle.tokenizer.decode([*ids[:upto], *expected.ids])
        assert whole.removesuffix(goes_on(info, text, upto).text).rstrip("\ufffd") == "I like "


def test_an_empty_text_goes_on_from_nothing_and_the_others_say_what_they_need() -> None:
    at = open_page(src=" ")
    assert not at.exception
    told = sent(at, "machines")[0]["machines"]
    assert told["decoder"]["answer"]["likeliest"]["text"]
    assert list(told["decoder"]["answer"]["guesses"]) == ["0"]
    assert told["decoder"]["sides"]["text"] == [[["[SOS]", False]]]
    assert "Type a sentence" in told["two"]["sorry"]
    assert told["encoder"]["answer"]["guesses"] == {} and not told["encoder"]["sorry"]


def test_a_text_of_hidden_words_only_is_filled() -> None:
    at = open_page(src="The red car", machines="hidden-1.2.3")
    assert not at.exception
    told = sent(at, "machines")[0]["machines"]["encoder"]
    assert [spelled(piece) for piece in told["sides"]["text"]] == ["[MASK]"] * 3 + ["[EOS]"]
    assert len(told["answer"]["guesses"]) == 3


def test_a_text_that_is_too_long_is_told_by_each_machine() -> None:
    at = open_page(src="word " * 150)
    assert not at.exception
    told = sent(at, "machines")[0]["machines"]
    for name in ("encoder", "decoder"):
        assert told[name]["sorry"].endswith(f"the {name}-only model takes 126: shorten it.")
        assert told[name]["masks"] == [] and told[name]["answer"] == {}


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script> **b**", "👩‍👩‍👧 \u202eab \x00", "[MASK]"]
)
def test_any_sentence_is_shown(text: str) -> None:
    at = open_page(src=text)
    assert not at.exception
    assert not any("<script>" in element.proto.body for element in at.get("html"))
    assert not any("<script>" in element.value for element in at.markdown)
    labels = [spelled(piece) for piece in sent(at, "machines")[0]["pieces"]]
    assert "[MASK]" not in labels  # typed, it is text


@pytest.mark.parametrize("missing", ["encoder-only", "decoder-only", "both"])
def test_a_missing_model_is_told_and_the_others_stay(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dawn_runs: Path
) -> None:
    for name in {"encoder-only", "decoder-only"} - {missing}:
        if missing != "both":
            shutil.copytree(catalogue.SHIPPED / name, tmp_path / name)
    monkeypatch.setattr(catalogue, "SHIPPED", tmp_path)
    at = open_page(src="the red car", model="toy")
    assert not at.exception
    told = sent(at, "machines")[0]["machines"]
    absent = ["encoder", "decoder"] if missing == "both" else [missing.removesuffix("-only")]
    for name in ("encoder", "decoder"):
        assert ("There is no" in told[name]["sorry"]) == (name in absent)
    assert told["two"]["masks"] and "There is no" in written(at)


def test_another_tokenizers_pieces_are_found_by_their_characters() -> None:
    def cut(*spans: tuple[int, int]) -> Tokens:
        return Tokens("abcdef", [9] * len(spans), [], [], list(spans))

    assert same_places(cut((0, 3), (3, 6)), cut((0, 2), (2, 4), (4, 6))) == [0, 1]
    assert same_places(cut((0, 2), (2, 4), (4, 6)), cut((0, 3), (3, 6))) == [0, 0, 1]
    assert same_places(cut((0, 1)), cut()) == [0]


def test_what_is_asked_is_kept_in_the_look() -> None:
    at = open_page(src=SENTENCE, machines="hidden-2~at-2~temperature-1.4~seed-9")
    asked = sent(at, "machines")[0]["asked"]
    assert (asked["hidden"], asked["at"], asked["seed"]) == ([1], 1, 9)
    assert asked["temperature"] == pytest.approx(1.4)
    assert "drawn" in sent(at, "machines")[0]["machines"]["decoder"]["answer"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"hidden": [2, 1], "at": 1}, {"hidden": ("2.3", None), "at": (2, None)}),
        ({"hidden": [], "at": None}, {"hidden": ("none", None), "at": ("end", None)}),
        ({"temperature": 1.4}, {"temperature": (1.4, 0.8)}),
        ({"seed": 9}, {"seed": (9, 1)}),
        ({"hidden": ["x"], "seed": 1}, {}),
        ({"hidden": 3}, {}),
        ({"temperature": 99}, {}),
        ({"at": -1}, {}),
        ("nonsense", {}),
    ],
)
def test_only_what_can_be_asked_is_taken(said: Any, kept: dict[str, Any]) -> None:
    assert changes(said) == kept


SCRIPT = """
from types import SimpleNamespace
import streamlit as st
from pages.ui.asked import commit, read_asked
from pages.ui.state import current_look

said = {"hidden": [0, 2], "at": 0, "temperature": 0.8, "seed": 4}
st.session_state["here"] = SimpleNamespace(asked=said)
commit("here")
st.text(current_look().machines)
st.text(str(read_asked(["a", "b", "c"])))
"""


def test_a_message_of_the_component_becomes_the_look() -> None:
    at = AppTest.from_string(SCRIPT).run()
    assert not at.exception
    assert at.text[0].value == "hidden-1.3~at-1~seed-4"
    assert at.text[1].value == str(Asked((0, 2), 0, 0.8, 4))


def test_what_the_address_asks_for_and_the_text_has_not_is_told() -> None:
    at = open_page(src="The red car", machines="hidden-9~at-0~seed-x~temperature-7")
    assert not at.exception
    assert "“hidden-9”, “at-0”, “temperature-7”, “seed-x”, which is unknown here" in written(at)
    assert sent(at, "machines")[0]["asked"]["at"] == 0  # of the hidden piece


def test_at_first_the_longest_word_of_one_piece_before_the_last_is_hidden() -> None:
    assert longest_word([" the", " house", " bank", "ing"]) == (1,)
    assert longest_word([" bank", "ing"]) == (0, 1)
    assert longest_word([" his", " account"]) == (0,)
    assert longest_word([]) == ()


def test_a_model_of_ones_own_is_opened_by_its_address(runs: Path) -> None:
    """It cuts the text in its own way, and the row above stays that of the encoder-only model."""
    tokenizer = train_bpe(["the cat", "the cat"], 300)
    torch.manual_seed(3)
    sizes = TextConfig(vocab=len(tokenizer), layers=1, d_model=16, d_ff=32, heads=2, max_tokens=90)
    model = DecoderOnly(sizes).eval()
    bundle = OneStream("decoder", model, tokenizer, (), {"title": "Own"})
    save_one_stream(runs / "own" / "export", bundle, kind="float32")
    at = open_page(src=SENTENCE, machines="decoder-own~hidden-none~at-4")
    assert not at.exception
    assert at.selectbox(key="machines.decoder").value == "own"
    header, arrays = sent(at, "machines")
    told, labels = header["machines"]["decoder"], [spelled(one) for one in header["pieces"]]
    own = tokenizer.encode(SENTENCE)
    first = own.pieces[0]
    assert told["stand"].startswith("Own") and len(own.ids) > len(labels) + 3
    assert arrays["decoder.0"].shape == (len(own.ids) + 1,) * 2
    assert told["places"] == [
        1 + next(n for n, piece in enumerate(own.pieces) if piece.end > start)
        for start, _ in pieces_of(machine("encoder"), SENTENCE).spans
    ]
    assert first.start == 0 and list(told["answer"]["guesses"]) == [
        str(place) for place in range(len(labels) + 1)
    ]
    with torch.no_grad():
        rows = model(torch.tensor([[2, *own.ids]]))[0].softmax(dim=-1)
    for place, where in enumerate([*(one - 1 for one in told["places"]), len(own.ids)]):
        best = told["answer"]["guesses"][str(place)]["best"]
        assert best[0][1] == pytest.approx(float(rows[where].max()), rel=1e-5)
    upto = told["places"][3] - 1
    expected = continued(model, own.ids[:upto], machines.LONGEST, 0.0, 1)
    assert told["answer"]["likeliest"]["pieces"] == len(expected.ids)
    assert "not of the ones chosen above" in written(at)
    assert "not of the ones" not in written(open_page(src=SENTENCE))


def test_the_masks_of_the_encoder_decoder_are_where_its_weights_are(dawn_runs: Path) -> None:
    header, arrays = sent(open_page(src=SENTENCE, model="toy"), "machines")
    info = find_model("toy")
    explained = explain(info, SENTENCE, translate(info, SENTENCE)[0].ids)
    masks = header["machines"]["two"]["masks"]
    assert [mask["hue"] for mask in masks] == ["encoder", "decoder", "cross"]
    for number, mask in enumerate(masks):
        looked = (explained.attention()[mask["hue"]] > 0).any((0, 1))
        np.testing.assert_array_equal(arrays[f"two.{number}"].astype(bool), looked)


def test_a_model_that_is_gone_is_told() -> None:
    at = open_page(src=SENTENCE, machines="encoder-gone")
    assert not at.exception
    assert "“encoder-gone”, which is unknown here" in written(at)
    assert sent(at, "machines")[0]["machines"]["encoder"]["answer"]


def test_layer_and_head_are_one_for_all_three() -> None:
    at = open_page(src=SENTENCE, layer="3", head="2", kind="cross")
    shown = [
        header
        for element in at.get("bidi_component")
        if (header := read_blob(element.proto.bytes)[0]).get("address", "").endswith("heads")
    ]
    assert [header["address"] for header in shown] == ["encoderheads", "decoderheads", "twoheads"]
    assert [header["choice"]["kind"] for header in shown] == ["encoder", "decoder", "cross"]
    assert {(h["choice"]["layer"], h["choice"]["head"]) for h in shown} == {(2, 1)}


def test_the_paragraphs_hold_the_figures_of_the_bundles() -> None:
    encoder, decoder = machine("encoder"), machine("decoder")
    told = figures(encoder, decoder)
    page = written(open_page(src=SENTENCE))
    for value in told.values():
        assert value in page
    card = (encoder.folder / "card.md").read_text()
    accuracy = float(told["encoder_accuracy"].rstrip("%")) / 100
    assert f"masked-word accuracy {accuracy:.3f}" in card
    assert f"perplexity {told['decoder_perplexity']}" in (decoder.folder / "card.md").read_text()
    assert f"of {100 * hidden_share(encoder.folder):.0f}% of the pieces" in card


def test_without_a_card_the_figures_are_refused(tmp_path: Path) -> None:
    from dataclasses import replace

    shutil.copytree(machine("encoder").folder, tmp_path / "e")
    (tmp_path / "e" / "card.md").write_text("# nothing\n")
    with pytest.raises(LookError, match="do not tell"):
        figures(replace(machine("encoder"), folder=tmp_path / "e"), machine("decoder"))
