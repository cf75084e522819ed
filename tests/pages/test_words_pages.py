"""The pages about words: alone and through the router, with any text, and with no model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from pages.ui.navigation import STOPS
from pages.ui.numbers import two_digits
from tests.pages.blobs import sent
from trainer.folder import IMPORTED
from transformer.bundle import Bundle, load_bundle, save_bundle
from transformer.config import ModelConfig
from transformer.model import Transformer
from transformer.tokenizer import train_words

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("tokens", "embeddings", "positions")
ODD_TEXTS = [
    "<script>alert(1)</script> **bold** $x$ :smile:",
    "שלום עולם",
    "👩‍👩‍👧 e\u0301 \x07\x00 \u202eab \ufdd0",
    "[EOS] [PAD]",
    "x" * 5000,
    "word " * 300,
]


def open_page(name: str, **query: str) -> AppTest:
    path = next(stop.path for stop in STOPS if stop.url == name)
    at = AppTest.from_file(str(ROOT / path), default_timeout=60)
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def says(at: AppTest) -> str:
    return " ".join(element.value for element in [*at.warning, *at.info]).replace("\u2060", "")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("text", ODD_TEXTS)
def test_any_text_is_shown_or_answered(name: str, text: str, dawn_runs: Path) -> None:
    at = open_page(name, model="toy", src=text)
    assert not at.exception
    assert at.title
    assert not any("<script>" in element.proto.body for element in at.get("html"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_draws_through_the_router(name: str, dawn_runs: Path) -> None:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.query_params["model"] = "toy"
    at.run()
    at.switch_page(f"pages/words/{name}.py").run()
    assert not at.exception
    assert at.title[0].value == name.capitalize()


@pytest.mark.parametrize("name", PAGES)
def test_a_blank_sentence_is_asked_for(name: str, dawn_runs: Path) -> None:
    at = open_page(name, model="toy", src="" if name == "tokens" else "  ")
    assert not at.exception and not at.warning
    # The map needs no sentence: it shows the whole vocabulary.
    assert name == "embeddings" or "Type a sentence" in says(at)


def test_spaces_are_pieces_and_no_missing_sentence(dawn_runs: Path) -> None:
    at = open_page("tokens", model="toy", src="   ")
    assert sent(at, "segments")[0]["pieces"]
    assert "Type a sentence" not in says(at)


def test_a_broken_model_out_of_a_zip_is_imported_again(dawn_runs: Path) -> None:
    (dawn_runs / "toy" / IMPORTED).write_text("{}")
    (dawn_runs / "toy" / "export" / "model.safetensors").write_bytes(b"cut")
    at = open_page("tokens", model="toy")
    assert not at.exception
    assert "import it again" in says(at)
    assert "export it again" not in says(at)


@pytest.mark.parametrize("name", PAGES)
def test_a_broken_model_is_one_sentence(name: str, dawn_runs: Path) -> None:
    weights = dawn_runs / "toy" / "export" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:500])
    at = open_page(name, model="toy")
    assert not at.exception
    assert "export it again" in says(at)


@pytest.mark.parametrize("name", PAGES)
def test_a_missing_model_falls_back_and_says_so(name: str, dawn_runs: Path) -> None:
    at = open_page(name, model="<b>nobody</b>")
    assert not at.exception
    assert "There is no model" in says(at)


@pytest.mark.parametrize("name", PAGES)
def test_a_model_with_a_broken_config_is_said_to_be_broken(name: str, dawn_runs: Path) -> None:
    (dawn_runs / "toy" / "export" / "config.json").write_text("{")
    at = open_page(name, model="toy")
    assert not at.exception
    said = says(at).replace("\\", "")
    assert "“toy” cannot be opened, because its config.json is no JSON; showing tiny." in said


@pytest.mark.parametrize("name", PAGES)
def test_the_step_of_the_model_is_told_and_nothing_about_the_end_of_its_run(
    name: str, dawn_runs: Path
) -> None:
    path = dawn_runs / "toy" / "export" / "config.json"
    config = json.loads(path.read_text())
    for step, told in ((1234, "toy · step 1,234 · "), (None, "toy · “"), ("x", "toy · “")):
        config["about"]["step"] = step
        path.write_text(json.dumps(config))
        lines = [caption.value for caption in open_page(name, model="toy").caption]
        assert any(line.startswith(told) for line in lines), (step, lines)


def test_tokens_of_the_page_are_those_of_the_tokenizer(dawn_runs: Path) -> None:
    header, _ = sent(open_page("tokens", model="toy", src="the red è 👩 car"), "segments")
    ids = [header["pieces"][row]["id"] for s in header["segments"] for row in s["rows"]]
    tokenizer = load_bundle(dawn_runs / "toy" / "export").src_tokenizer
    assert ids == tokenizer.encode("the red è 👩 car").ids
    text = "".join(part for s in header["segments"] for part, _ in s["text"])
    assert text == "the·red·è·👩·car"


def test_too_many_tokens_are_all_shown_with_a_word_of_warning(dawn_runs: Path) -> None:
    at = open_page("tokens", model="toy", src="zq " * 60)
    assert "takes 32" in says(at)
    assert len(sent(at, "segments")[0]["segments"]) >= 60


def test_the_rows_are_those_of_the_matrix(dawn_runs: Path) -> None:
    import numpy as np

    at = open_page("tokens", model="toy", src="the the red")
    header, arrays = sent(at, "segments")
    weight = load_bundle(dawn_runs / "toy" / "export").model.src_embedding.weight.detach().numpy()
    np.testing.assert_array_equal(
        arrays["rows"], weight[[piece["id"] for piece in header["pieces"]]]
    )


def test_the_map_holds_every_piece_and_lights_the_persons_own(dawn_runs: Path) -> None:
    from transformer.analysis.projections import nearest

    header, _ = sent(open_page("embeddings", model="toy", src="the red"), "near")
    bundle = load_bundle(dawn_runs / "toy" / "export")
    assert len(header["labels"]) == len(bundle.src_tokenizer)
    assert header["own"] == list(dict.fromkeys(bundle.src_tokenizer.encode("the red").ids))
    assert header["chosen"] == header["own"][0]
    weight = bundle.model.src_embedding.weight.detach()
    indices, cosines = nearest(weight, header["chosen"], 12)
    assert header["near"] == indices.tolist()
    assert f"nearest(rows, {header['chosen']}, 12)" in header["script"]
    assert header["cosines"] == pytest.approx(cosines.tolist(), abs=1e-5)


def test_a_piece_chosen_on_the_map_stays_chosen_when_the_sentence_changes(dawn_runs: Path) -> None:
    at = open_page("embeddings", model="toy", src="the red")
    at.query_params["map"] = "piece-toy.77"
    at.query_params["src"] = "la casa"
    assert sent(at.run(), "near")[0]["chosen"] == 77
    at.query_params["map"] = "piece-another model.78"
    header, _ = sent(at.run(), "near")
    assert header["chosen"] == header["own"][0]


def test_three_dimensions_are_drawn_by_plotly(dawn_runs: Path) -> None:
    at = open_page("embeddings", model="toy", map="dims-3-D")
    assert not at.exception
    assert "points" not in sent(at, "near")[0]["arrays"]
    assert at.get("plotly_chart")


@pytest.fixture
def two_vocabularies(dawn_runs: Path) -> Path:
    """A model with a vocabulary of words on each side; its key is "words"."""
    texts = [["the red car", "the house"], ["la macchina rossa", "la casa di qui"]]
    src, tgt = (train_words(side * 2, 1, 100) for side in texts)
    torch.manual_seed(3)
    config = ModelConfig(
        src_vocab=len(src), tgt_vocab=len(tgt), encoder_layers=1, decoder_layers=1,
        d_model=12, d_ff=8, heads=2, max_tokens=16, tie_embeddings=False,
    )  # fmt: skip
    bundle = Bundle(Transformer(config).eval(), src, tgt, ("en", "it"), {"title": "Words"})
    save_bundle(dawn_runs / "words" / "export", bundle)
    return dawn_runs


def test_each_of_two_vocabularies_has_its_map(two_vocabularies: Path) -> None:
    at = open_page("embeddings", model="words", src="the red car", tgt="la casa rossa")
    bundle = load_bundle(two_vocabularies / "words" / "export")
    header, _ = sent(at, "near")
    assert header["own"] == bundle.src_tokenizer.encode("the red car").ids
    at.query_params["map"] = "side-tgt~piece-words.6"
    at.run()
    assert not at.exception
    header, arrays = sent(at, "near")
    assert header["own"] == bundle.tgt_tokenizer.encode("la casa rossa").ids
    assert header["chosen"] == header["own"][0]
    assert len(arrays["points"]) == len(header["labels"]) == len(bundle.tgt_tokenizer)
    assert "tgt" in at.caption[-1].value
    at.query_params["src"], at.query_params["tgt"] = "", ""
    assert not at.run().exception


def test_one_joint_vocabulary_is_not_asked_for(dawn_runs: Path) -> None:
    at = open_page("embeddings", model="toy")
    assert "Vocabulary" not in [getattr(control, "label", "") for control in at.get("button_group")]


def test_without_a_umap_the_page_offers_to_make_one(dawn_runs: Path) -> None:
    at = open_page("embeddings", model="toy", map="how-UMAP")
    assert not at.exception
    assert "UMAP looks for a flat map" in at.markdown[-1].value or "umap-learn" in says(at)


def test_positions_add_up_in_the_open(dawn_runs: Path) -> None:
    at = open_page("positions", model="toy", src="the red <b>car</b>")
    assert not at.exception
    assert any("sums are exact" in element.value for element in at.markdown)
    header, _ = sent(at, "names")
    assert header["pieces"][-1]["label"] == "[EOS]" and len(header["pieces"][0]["rows"]) == 4


def test_positions_are_shown_even_for_a_sentence_that_is_too_long(dawn_runs: Path) -> None:
    at = open_page("positions", model="toy", src="zq " * 100)
    assert "shorten it" in says(at)
    assert len(at.get("plotly_chart")) == 4


def test_a_turn_is_checked_at_every_position_of_the_table(dawn_runs: Path) -> None:
    from transformer.analysis.rotation import turned

    at = open_page("positions", model="toy", src="the red")
    at.slider(key="positions.pair").set_value(2)
    at.slider(key="positions.position").set_value(5)
    at.slider(key="positions.shift").set_value(9).run()
    assert not at.exception
    table = load_bundle(dawn_runs / "toy" / "export").model.src_positions.table.numpy()
    formula = at.latex[0].value
    assert "R(9)" in formula and "PE(14) &" in formula
    for value in table[14, 4:6]:  # once as the turn makes it, once as the table has it
        assert formula.count(f"{value:.3f}") >= 2
    found, there = turned(table, 9, 2)
    told = next(e.value for e in at.markdown if "the turn lands there" in e.value)
    assert "all 23 positions" in told and two_digits(float(abs(found - there).max())) in told


@pytest.mark.parametrize("name", PAGES)
def test_a_control_that_turns_text_around_is_named_and_does_not_turn(
    name: str, dawn_runs: Path
) -> None:
    at = open_page(name, model="toy", src="the red\u202ecar")
    lines = [caption.value.replace("\\", "") for caption in at.caption]
    assert any("the redU+202Ecar" in line.replace("\u2060", "") for line in lines)
    assert not any("\u202e" in line for line in lines)


def test_neighbours_by_distance_are_the_librarys(dawn_runs: Path) -> None:
    from transformer.analysis.projections import nearest_by_distance

    at = open_page("embeddings", model="toy", src="the red", map="measure-distance")
    header, _ = sent(at, "near")
    weight = load_bundle(dawn_runs / "toy" / "export").model.src_embedding.weight.detach()
    indices, distances = nearest_by_distance(weight, header["chosen"], 12)
    assert header["measure"] == "distance" and header["near"] == indices.tolist()
    assert header["cosines"] == pytest.approx(distances.tolist(), abs=1e-5)


@pytest.mark.parametrize("how", ["UMAP", "t-SNE"])
def test_the_panels_stand_below_a_map_that_is_not_made_yet(how: str, dawn_runs: Path) -> None:
    at = open_page("embeddings", model="toy", panel="axes", map=f"how-{how}")
    assert not at.exception
    assert any(button.label == f"Make the {how}" for button in at.button)
    assert at.text_input(key="axes.a")


def test_how_often_pieces_are_seen_goes_along_only_where_it_was_counted(dawn_runs: Path) -> None:
    from transformer.analysis.counts import count, save_counts

    header, arrays = sent(open_page("embeddings", model="toy"), "near")
    assert header["counted"] == "" and "counts" not in arrays
    folder = dawn_runs / "toy" / "export"
    counts = count(load_bundle(folder).src_tokenizer, ["the red car", "the house"], "two lines")
    save_counts(folder, {"src": counts})
    header, arrays = sent(open_page("embeddings", model="toy"), "near")
    assert header["counted"] == "2 texts of two lines"
    assert arrays["counts"].tolist() == counts.tokens and arrays["counts"].sum() > 0


def test_the_map_of_three_dimensions_is_taken_away(dawn_runs: Path) -> None:
    from pages.ui.catalogue import find_model
    from pages.ui.maps import Settings, read_maps
    from pages.ui.vocabulary import vocabulary
    from pages.ui.vocabulary_map import Drawn, places_of_cloud

    at = open_page("embeddings", model="toy", map="dims-3-D")
    config = json.loads(at.get("plotly_chart")[0].proto.config)
    assert config["toImageButtonOptions"]["format"] == "png"
    button = next(b for b in at.get("download_button") if "cloud" in b.proto.id)
    assert button.proto.label == "Numbers of this map"
    info = find_model("toy")
    points, words = read_maps(info, "src").pca, vocabulary(info)
    rows = list(places_of_cloud(Drawn(info, "src", words, Settings(), points, "cosine")))
    assert rows[0] == ("id", "piece", "x", "y", "z") and len(rows) == len(words.labels) + 1
    assert list(rows[5]) == [4, words.labels[4], *points[4]]


def test_an_address_of_the_map_that_is_not_there_is_told_and_falls_back(dawn_runs: Path) -> None:
    at = open_page("embeddings", model="toy", map="how-MDS~dims-4-D~piece-toy.99999~measure-x")
    assert not at.exception
    header, _ = sent(at, "near")
    assert header["title"].startswith("PCA") and header["chosen"] == header["own"][0]
    assert [word in says(at).replace("\\", "") for word in ("MDS", "4-D", "99999", "measure")] == [
        True
    ] * 4


def test_a_piece_pressed_on_the_map_is_in_the_address(dawn_runs: Path) -> None:
    at = open_page("embeddings", model="toy", src="the red")
    at.session_state["map-flat"] = {"choice": 77}
    at.run()
    assert "piece-toy.77" in str(at.query_params["map"])
    assert sent(at, "near")[0]["chosen"] == 77
