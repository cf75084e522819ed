"""The pages about words: alone and through the router, with any text, and with no model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
PAGES = {"tokens": "tokens"}
ODD_TEXTS = [
    "<script>alert(1)</script> **bold** $x$ :smile:",
    "שלום עולם",
    "👩‍👩‍👧 e\u0301 \x07\x00 \u202eab \ufdd0",
    "[EOS] [PAD]",
    "x" * 5000,
    "word " * 300,
]


def open_page(name: str, **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "pages" / "words" / f"{name}.py"), default_timeout=60)
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def header_of(at: AppTest, key: str) -> dict:
    """The header of the blob that a component was given."""
    for element in at.get("bidi_component"):
        blob = element.proto.bytes
        if blob and key in (header := json.loads(blob[4 : 4 + int.from_bytes(blob[:4], "little")])):
            return header
    raise AssertionError(f"no component was given {key!r}")


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
def test_a_blank_sentence_is_asked_for(name: str, dawn_runs: Path) -> None:
    at = open_page(name, model="toy", src="  ")
    assert not at.exception
    assert "Type a sentence" in says(at)


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


def test_tokens_of_the_page_are_those_of_the_tokenizer(dawn_runs: Path) -> None:
    from transformer.bundle import load_bundle

    header = header_of(open_page("tokens", model="toy", src="the red è 👩 car"), "segments")
    ids = [header["pieces"][row]["id"] for s in header["segments"] for row in s["rows"]]
    tokenizer = load_bundle(dawn_runs / "toy" / "export").src_tokenizer
    assert ids == tokenizer.encode("the red è 👩 car").ids
    text = "".join(part for s in header["segments"] for part, _ in s["text"])
    assert text == "the·red·è·👩·car"


def test_too_many_tokens_are_all_shown_with_a_word_of_warning(dawn_runs: Path) -> None:
    at = open_page("tokens", model="toy", src="zq " * 60)
    assert "takes 32" in says(at)
    assert len(header_of(at, "segments")["segments"]) >= 60


def test_the_rows_are_those_of_the_matrix(dawn_runs: Path) -> None:
    import numpy as np

    from transformer.bundle import load_bundle

    at = open_page("tokens", model="toy", src="the the red")
    header = header_of(at, "segments")
    blob = next(e.proto.bytes for e in at.get("bidi_component") if b'"segments"' in e.proto.bytes)
    start = -(-(4 + int.from_bytes(blob[:4], "little")) // 8) * 8
    rows = np.frombuffer(blob, "<f4", offset=start).reshape(header["arrays"]["rows"]["shape"])
    weight = load_bundle(dawn_runs / "toy" / "export").model.src_embedding.weight.detach().numpy()
    np.testing.assert_array_equal(rows, weight[[piece["id"] for piece in header["pieces"]]])
