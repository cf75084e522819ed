"""The panel "Why this word": its numbers are the library's, and what it says of hard input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from pages.ui.court import Hearing
from pages.ui.court_words import chance_of, verdict
from pages.ui.written_piece import distinct, longest
from tests.pages.blobs import sent
from transformer.analysis.case import open_case
from transformer.analysis.deletion import deletion_curves, ranking
from transformer.analysis.hiding import hideable
from transformer.analysis.methods import METHODS
from transformer.bundle import load_bundle, save_bundle
from transformer.tokenizer import EOS, SOS

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "the red car is in front"
TARGET = "la macchina rossa"
SHOWN = {"model": "toy", "src": SENTENCE, "tgt": TARGET, "panel": "why"}


def open_panel(**look: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "pages/model/attention.py"), default_timeout=60)
    for name, value in (SHOWN | look).items():
        at.query_params[name] = value
    return at.run()


def told(at: AppTest) -> str:
    """The verdict: the sentence that begins with the piece it is about."""
    return next(found.value for found in at.markdown if found.value.startswith("For **"))


@pytest.mark.parametrize("hide", ["source", "prefix", "both"])
def test_every_number_is_the_librarys(dawn_runs: Path, hide: str) -> None:
    at = open_panel()
    at.button_group(key="court.piece").set_value(3)
    at.button_group(key="court.hide").set_value(hide).run()
    assert not at.exception
    header, arrays = sent(at, "rows")

    bundle = load_bundle(dawn_runs / "toy" / "export")
    src = [*bundle.src_tokenizer.encode(SENTENCE).ids, EOS]
    tgt = [SOS, *bundle.tgt_tokenizer.encode(TARGET).ids]
    case = open_case(bundle.model, torch.tensor([src]), torch.tensor([tgt]), 3, tgt[4])
    scores = [method.explain(case) for method in METHODS]
    wanted = torch.stack([torch.cat(found) for found in scores])
    np.testing.assert_allclose(arrays["scores"], wanted, rtol=1e-4, atol=1e-6)
    side = {"source": range(len(src)), "prefix": range(len(src), 99), "both": range(99)}[hide]
    places = [place for place in hideable(case) if place in side]
    orders = [ranking(found, places) for found in scores]
    for ranks, order in zip(arrays["ranks"], orders, strict=True):
        assert ranks[order].tolist() == list(range(1, len(order) + 1))
        assert (ranks > 0).sum() == len(places)
    areas = deletion_curves(case, orders).areas()
    assert [row["area"] for row in header["rows"]] == [f"{area:.3f}" for area in areas]
    assert (header["src"], header["prefix"]) == (len(src), 4)
    assert header["provenance"].count(f"output.logits[0, 3, {tgt[4]}]") == 1


def test_it_asks_about_the_longest_piece_until_another_is_chosen(dawn_runs: Path) -> None:
    at = open_panel()
    pieces = at.button_group(key="court.piece")
    assert sent(at, "rows")[0]["prefix"] == at.session_state["court.piece"] + 1
    pieces.set_value(0).run()
    assert sent(at, "rows")[0]["prefix"] == 1
    at.text_input[0].set_value("la casa").run()
    assert not at.exception
    shown = [option.content for option in at.button_group(key="court.piece").proto.options]
    assert at.session_state["court.piece"] == longest([text.strip("\\") for text in shown])


def test_pieces_that_look_alike_are_told_apart() -> None:
    told_apart = distinct(["la", "la", "casa", "la"])
    assert len(set(told_apart)) == 4
    assert [label.strip("\u2060") for label in told_apart] == ["la", "la", "casa", "la"]


def test_the_longest_piece_is_no_special() -> None:
    assert longest([" la", " macchina", ".", "[EOS]"]) == 1
    assert longest(["[EOS]"]) == 0


def test_the_model_explains_why_it_ended(dawn_runs: Path) -> None:
    at = open_panel()
    pieces = at.button_group(key="court.piece")
    pieces.set_value(len(pieces.options) - 1).run()
    assert not at.exception and "\\[EOS\\]" in told(at)


def test_a_long_sentence_is_one_sentence(dawn_runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.court.MOST", 4)
    at = open_panel()
    assert not at.exception
    assert ["up to 4 pieces a side" in found.value for found in at.warning] == [True]
    assert any(found.value.startswith("Pairs") for found in at.markdown)


@pytest.mark.parametrize("src", ["the", "a", "👩‍👩‍👧", "<b>x</b> $y$"])
def test_short_and_strange_sentences(dawn_runs: Path, src: str) -> None:
    at = open_panel(src=src, tgt="la")
    assert not at.exception and told(at)


def test_a_model_without_numbers_is_one_sentence(dawn_runs: Path) -> None:
    folder = dawn_runs / "toy" / "export"
    bundle = load_bundle(folder)
    with torch.no_grad():
        for layer in bundle.model.decoder.layers:
            layer.get_parameter("feed_forward.w_1.weight").fill_(3e38)
    save_bundle(folder, bundle, half=False)
    at = open_panel()
    assert not at.exception
    assert ["overflow" in found.value for found in at.warning] == [True]


def hearing(curves: list[list[float]], chance: list[float]) -> Hearing:
    """Of methods a, b, ... on pieces hidden one by one."""
    table, steps = np.array(curves), len(chance) - 1
    areas = np.trapezoid(table, dx=1 / steps, axis=1).tolist()
    names = ["raw attention", "rollout", "relevance"][: len(table)]
    return Hearing(
        names,
        ["share"] * len(table),
        [False] * len(table),
        np.zeros((len(table), steps + 2)),
        np.zeros((len(table), steps + 2), np.uint32),
        list(range(steps + 1)),
        table,
        np.array([chance]),
        areas,
        float(np.trapezoid(chance, dx=1 / steps)),
    )


FAST, SLOW, FLAT = [0.8, 0.1, 0.0, 0.0], [0.8, 0.8, 0.3, 0.0], [0.8, 0.8, 0.75, 0.7]


@pytest.mark.parametrize(
    ("curves", "chance", "words"),
    [
        (
            [SLOW, SLOW, FAST],
            [0.8, 0.7, 0.5, 0.0],
            "hiding what **relevance** names first takes its probability from 0.80 to 0.10 after "
            "1 piece. To halve it, raw attention needs 2 pieces and chance needs 3 pieces.",
        ),
        (
            [FAST, FAST, SLOW],
            SLOW,
            "what **raw attention** and **rollout** (a tie) name first takes its probability from "
            "0.80 to 0.10 after 1 piece. To halve it, chance needs 2 pieces.",
        ),
        ([FAST, FAST], SLOW, "what all 2 methods name first"),
        ([SLOW, SLOW], FAST, "no method does better than chance"),
        ([SLOW], FLAT, "chance is never enough."),
        ([FLAT, [0.8] * 4], [0.8] * 4, "yet to no less than 0.70: the model does not need"),
        ([[0.8, 0.0]] * 2, [0.8, 0.0], "from 0.80 to below 0.0001"),
        ([[0.0, 0.0, 0.0]] * 2, [0.0, 0.1, 0.0], "too small for a number, so no curve can fall"),
    ],
)
def test_the_verdict_says_what_the_curves_say(
    curves: list[list[float]], chance: list[float], words: str
) -> None:
    assert words in verdict(hearing(curves, chance), "rossa")


def test_a_piece_in_the_verdict_is_no_markdown() -> None:
    said = verdict(hearing([FAST], SLOW), "**<b>")
    assert said.startswith("For **\\*\\*\\<b\\>**")


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.834, "0.83"), (0.01, "0.01"), (0.0042, "0.0042"), (1e-9, "below 0.0001")],
)
def test_a_probability_is_never_rounded_to_nothing(value: float, words: str) -> None:
    assert chance_of(value) == words
