"""The panel "Contextless, then context": its numbers are the model's own, and hard input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from pages.ui.catalogue import LookError, find_model
from pages.ui.context import meet, places_of
from pages.ui.context_word import senses
from pages.ui.kept import to_text
from pages.ui.models import tokenize
from pages.ui.prose import prose
from tests.pages.blobs import sent
from tests.pages.test_words_pages import open_page
from transformer.bundle import load_bundle, save_bundle
from transformer.tokenizer import EOS

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ["the red car is in front", "a car of the house", "the house is red"]


def open_panel(word: str = "car", texts: str = "\n".join(TEXTS), view: str = "word") -> AppTest:
    at = AppTest.from_file(str(ROOT / "pages/words/embeddings.py"), default_timeout=60)
    for name, value in {"model": "toy", "src": TEXTS[0], "panel": "context"}.items():
        at.query_params[name] = value
    at.query_params["context"] = to_text({"word": word, "texts": texts, "view": view})
    return at.run()


def hooked(folder: Path, text: str) -> tuple[list[torch.Tensor], list[int]]:
    """What leaves the embedding, the positions, each layer and the last norm, by torch's hooks."""
    bundle = load_bundle(folder)
    model, ids = bundle.model, bundle.src_tokenizer.encode(text).ids
    found: list[torch.Tensor] = []
    for module in (
        model.src_embedding, model.src_positions, *model.encoder.layers, model.encoder.norm
    ):  # fmt: skip
        module.register_forward_hook(lambda _m, _i, out: found.append(out[0].detach()))
    with torch.no_grad():
        model.encode(torch.tensor([[*ids, EOS]]), None)
    return found, ids


def test_every_number_equals_an_independent_forward(dawn_runs: Path) -> None:
    at = open_panel()
    assert not at.exception
    header, arrays = sent(at, "stops")
    assert header["labels"] == TEXTS[:2]
    vectors = []
    for text in TEXTS[:2]:
        states, _ = hooked(dawn_runs / "toy" / "export", text)
        bundle = load_bundle(dawn_runs / "toy" / "export")
        spans = bundle.src_tokenizer.encode(text).pieces
        start = text.index("car")
        mine = [n for n, p in enumerate(spans) if p.start < start + 3 and p.end > start]
        vectors.append(np.stack([state[mine].mean(0).double().numpy() for state in states]))
    units = np.stack(vectors) / np.linalg.norm(np.stack(vectors), axis=-1, keepdims=True)
    cosine = (units[0] * units[1]).sum(-1)
    np.testing.assert_allclose(arrays["distances"][:, 0, 1], 1 - cosine, atol=1e-5)
    rows = units.reshape(-1, units.shape[-1])
    centred = rows - rows.mean(0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    np.testing.assert_allclose(
        np.abs(arrays["points"].reshape(-1, 2)), np.abs(left * sizes)[:, :2], atol=1e-4
    )
    matrix = load_bundle(dawn_runs / "toy" / "export").model.src_embedding.weight.detach().numpy()
    cosines = (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)) @ units[1, -1]
    assert [c for _, c in header["near"][1][-1]] == pytest.approx(
        sorted(cosines, reverse=True)[:5], abs=1e-3
    )
    verdict = next(found.value for found in at.markdown if found.value.startswith("At the last"))
    assert f"**{1 - cosine[-1]:.2f}** apart" in verdict


def test_a_sentence_without_the_word_is_named_and_left_out(dawn_runs: Path) -> None:
    at = open_panel()
    assert TEXTS[2] in at.info[0].value


@pytest.mark.parametrize(
    ("word", "texts", "told"),
    [
        ("", "the car", "Type a word"),
        ("car", "", "No sentence holds"),
        ("<b>car</b>", "the car", "No sentence holds"),
        ("car", "the car " * 40, "shorten it"),
        ("car", "\n".join(f"the car {n}" for n in range(13)), "Up to 12 sentences"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(
    word: str, texts: str, told: str, dawn_runs: Path
) -> None:
    at = open_panel(word, texts)
    assert not at.exception
    assert [told in found.value for found in at.warning] == [True]
    assert at.text_input(key="context.word") and "<b>" not in at.warning[0].value


def test_one_sentence_is_a_path_without_a_score(dawn_runs: Path) -> None:
    at = open_panel("is", "is")
    assert not at.exception and sent(at, "stops")[0]["labels"] == ["is"]
    assert not at.get("plotly_chart")


def test_the_word_alone_in_its_sentences_has_no_other_pieces_beside_it(dawn_runs: Path) -> None:
    at = open_panel("car", "car\nCar")
    assert not at.exception and at.get("plotly_chart")
    verdict = next(found.value for found in at.markdown if found.value.startswith("At the last"))
    assert verdict.endswith("in cosine distance.")


def test_an_example_fills_both_fields_and_they_outlive_another_view(dawn_runs: Path) -> None:
    at = open_panel()
    at.button_group(key="context.example").set_value("can").run()
    assert not at.exception
    assert at.text_input(key="context.word").value == "can"
    at.text_area(key="context.texts").set_value("I can").run()
    at.button_group(key="context.view").set_value("sentence").run()
    at.button_group(key="context.view").set_value("word").run()
    assert at.text_area(key="context.texts").value == "I can"
    assert sent(at, "stops")[0]["labels"] == ["I can"]


def test_the_pieces_of_the_sentence_are_those_of_the_tokenizer(dawn_runs: Path) -> None:
    header, arrays = sent(open_panel(view="sentence"), "stops")
    states, ids = hooked(dawn_runs / "toy" / "export", TEXTS[0])
    assert len(header["labels"]) == len(ids) + 1 and header["labels"][-1] == "[EOS]"
    assert arrays["points"].shape == (len(ids) + 1, len(states), 2)


@pytest.mark.parametrize("centred", [False, True])
def test_both_languages_stand_in_one_map(centred: bool, dawn_runs: Path) -> None:
    at = open_panel(view="languages")
    at.toggle(key="context.centred").set_value(centred).run()
    assert not at.exception
    header, arrays = sent(at, "stops")
    assert header["tensors"] == [["encoder.memory"], ["decoder.state"]]
    assert len(header["labels"]) == len(header["sides"]) == len(arrays["points"])
    ends, _ = hooked(dawn_runs / "toy" / "export", TEXTS[0])
    assert header["sides"].count(0) == len(ends[-1])
    means = [arrays["points"][np.array(header["sides"]) == side].mean(0) for side in (0, 1)]
    assert np.abs(np.array(means)).max() > (0 if centred else 0.01)


def test_a_model_without_numbers_is_one_sentence(dawn_runs: Path) -> None:
    folder = dawn_runs / "toy" / "export"
    bundle = load_bundle(folder)
    with torch.no_grad():
        bundle.model.encoder.layers[0].get_parameter("feed_forward.w_1.weight").fill_(3e38)
    save_bundle(folder, bundle, half=False)
    at = open_panel()
    assert not at.exception
    assert ["overflow" in found.value for found in at.warning] == [True]


def test_a_word_is_whole_and_in_any_case(dawn_runs: Path) -> None:
    info = find_model("toy")
    text = "Cars, a CAR and scar."
    found = tokenize(info, text)
    spans = [found.spans[place] for place in places_of(found, "car")]
    assert (min(s for s, _ in spans), max(e for _, e in spans)) in ((7, 11), (8, 11))
    assert places_of(found, "ca") == []
    assert places_of(tokenize(info, "c'è (x)"), "(x)") != []


def test_equal_sentences_are_one(dawn_runs: Path) -> None:
    met = meet(find_model("toy"), "car", ["a car", " a  car ", "the car"])
    assert met.paths.labels == ["a car", "the car"]
    with pytest.raises(LookError):
        meet(find_model("toy"), "car", [])


def test_a_script_finds_the_vector_of_each_path(dawn_runs: Path) -> None:
    header, _ = sent(open_panel(), "stops")
    assert len(header["scripts"]) == len(header["labels"])
    for script, text in zip(header["scripts"], header["labels"], strict=True):
        assert repr(text) in script and script.count("\n") == 5 and "states[CELL, [" in script
    assert len(sent(open_panel(view="sentence"), "stops")[0]["scripts"]) > 3
    assert sent(open_panel(view="languages"), "stops")[0]["scripts"] == []


def test_an_address_that_asks_for_what_is_not_there_is_told(dawn_runs: Path) -> None:
    at = open_panel(word="c" * 50, view="dance")
    assert not at.exception
    told = " ".join(found.value for found in at.info).replace("\\", "")
    assert "view-dance" in told and "word-ccc" in told
    assert at.text_input(key="context.word").value == "can"


@pytest.mark.parametrize(
    ("two", "said"),
    [
        ([[0.3, 0.4], [0.5, 0.6]], "parts always"),
        ([[0.15, 0.4], [0.5, 0.6]], "parts mean"),
        ([[0.0, 0.1], [0.1, 0.1]], "parts never"),
    ],
)
def test_senses_are_parted_where_they_are(two: list[list[float]], said: str) -> None:
    distances = np.zeros((4, 4))
    distances[0, 1] = distances[1, 0] = 0.1
    distances[2, 3] = distances[3, 2] = 0.2
    distances[:2, 2:] = two
    distances[2:, :2] = np.array(two).T
    text = prose("embeddings-context")
    told = senses(distances, text)
    assert text[said] in told and "**0.15**" in told and f"**{np.mean(two):.2f}**" in told


def test_the_examples_tell_of_their_senses_and_other_sentences_do_not(runs: Path) -> None:
    """Of the model that ships, whose words they are."""
    text = prose("embeddings-context")
    begins = text["senses"].split("{")[0]
    shown = open_page("embeddings", panel="context")
    assert any(found.value.startswith(begins) for found in shown.markdown)
    assert any(text["parts always"] in found.value for found in shown.markdown)
    shown.text_area(key="context.texts").set_value("we can\nyou can\na can\nthe can").run()
    assert not any(found.value.startswith(begins) for found in shown.markdown)
