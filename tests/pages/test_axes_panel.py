"""The panel "Arithmetic and axes": the library's numbers, the words given, and hard input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.figures.directions import between
from pages.ui.axes import best
from pages.ui.kept import from_text, to_text
from transformer.analysis.axes import along_axis, analogy
from transformer.bundle import load_bundle

ROOT = Path(__file__).resolve().parents[2]
WORDS = ("red", "the", "car")
ENDS = ("the, house", "la, casa")


def open_panel(words: tuple[str, ...] = WORDS, ends: tuple[str, str] = ENDS) -> AppTest:
    at = AppTest.from_file(str(ROOT / "pages/words/embeddings.py"), default_timeout=60)
    for name, value in {"model": "toy", "src": "the red car", "panel": "axes"}.items():
        at.query_params[name] = value
    names = ("a", "b", "c", "left", "right", "starts", "axisstarts")
    values = (*words, *ends, "False", "False")
    at.query_params["axes"] = to_text(dict(zip(names, values, strict=True)))
    return at.run()


def address(at: AppTest) -> str:
    found = at.query_params["axes"]
    return found if isinstance(found, str) else found[0]


def charts(at: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]


def decoded(values: Any) -> list[float]:
    if isinstance(values, dict):
        import base64

        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()
    return list(values)


def test_the_candidates_are_the_librarys_with_and_without_the_words_given(dawn_runs: Path) -> None:
    bundle = load_bundle(dawn_runs / "toy" / "export")
    matrix = bundle.model.src_embedding.weight.detach()
    ids = [bundle.src_tokenizer.encode(word).ids for word in WORDS]
    cosines = analogy(matrix, *ids).numpy()
    given = {number for word in ids for number in word}
    for without in (True, False):
        at = open_panel()
        at.toggle(key="axes.without").set_value(without).run()
        assert not at.exception
        rows = [r for r in np.argsort(-cosines, kind="stable") if r > 3]
        rows = [r for r in rows if not (without and int(r) in given)][:10]
        assert decoded(charts(at)[0]["data"][0]["x"]) == pytest.approx(cosines[rows].tolist())
    assert any("is nearest to" in found.value for found in at.markdown)


def test_the_ends_are_the_librarys(dawn_runs: Path) -> None:
    bundle = load_bundle(dawn_runs / "toy" / "export")
    groups = [[bundle.src_tokenizer.encode(w).ids for w in e.split(", ")] for e in ENDS]
    places, _ = along_axis(bundle.model.src_embedding.weight.detach(), *groups)
    at = open_panel()
    shown = decoded(charts(at)[2]["data"][0]["x"])
    order = places[4:].sort().values
    assert shown[:8] == pytest.approx(order[:8].tolist(), abs=1e-6)
    assert shown[8:] == pytest.approx(order[-8:].tolist(), abs=1e-6)


@pytest.mark.parametrize(
    ("words", "ends", "told"),
    [
        (("", "the", "car"), ENDS, "A word is missing"),
        (WORDS, ("", "la"), "An end of the axis is empty"),
        (WORDS, ("the", "the"), "Both ends"),
        (WORDS, (", ".join("abcdefghijklmnopqrstuvwxyz"), "la"), "Up to 24 words"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_the_other_half(
    words: tuple[str, ...], ends: tuple[str, str], told: str, dawn_runs: Path
) -> None:
    at = open_panel(words, ends)
    assert not at.exception
    assert [told in found.value for found in at.warning] == [True]
    assert at.get("plotly_chart")


def test_where_no_answer_is_left_it_says_so(dawn_runs: Path) -> None:
    at = open_panel()
    at.toggle(key="axes.starts").set_value(True).run()
    bundle = load_bundle(dawn_runs / "toy" / "export")
    starts = [
        n for n in range(4, len(bundle.src_tokenizer)) if bundle.src_tokenizer.label(n)[0] == " "
    ]
    given = {number for word in WORDS for number in bundle.src_tokenizer.encode(word).ids}
    left = bool(set(starts) - given)
    assert not at.exception
    assert left != any("No piece is left" in found.value for found in at.warning)


def test_words_of_markup_are_words(dawn_runs: Path) -> None:
    at = open_panel(("<b>x</b>", "$y$", "**z**"))
    assert not at.exception
    said = next(found.value for found in at.markdown if "is nearest to" in found.value)
    assert "<b>" not in said.replace("\\<", "") and "\\*\\*z" in said


def test_an_example_fills_the_fields(dawn_runs: Path) -> None:
    at = open_panel()
    at.button_group(key="axes.sums").set_value("king − man + woman").run()
    assert [at.text_input(key=f"axes.{name}").value for name in "abc"] == ["king", "man", "woman"]
    at.text_input(key="axes.a").set_value("red").run()
    kept = from_text(address(at))
    assert [kept[name] for name in "abc"] == ["red", "man", "woman"]
    at.button_group(key="axes.sums").set_value("files − file + page").run()
    assert not set("abc") & set(from_text(address(at)))  # as the panel is at first


def test_the_best_are_the_highest_of_those_allowed() -> None:
    scores, allowed = np.array([0.1, 0.9, 0.5, 0.9]), np.array([True, True, True, False])
    assert best(scores, 2, allowed) == [1, 2]
    assert best(scores, 9, ~allowed) == [3]


def test_a_word_on_the_axis_is_no_markup() -> None:
    figure = between(np.zeros(3), [("<b>a", 0.5, "left")])
    assert figure.data[1].text == ("&lt;b&gt;a",)
