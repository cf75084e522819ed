"""How the heads are shown changes in the browser alone, and the numbers stay the model's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from pages.ui.words import word_label, word_spans
from tests.journeys.test_numbers import TARGET, Reference, read_off
from transformer.bundle import load_bundle
from transformer.tokenizer import EOS, SOS

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser

SENTENCE = "edmund closed his banking account"
LAYER, HEAD = 2, 3


def drawn(page: Page) -> int:
    return int(page.locator(".view").get_attribute("data-drawn") or 0)


def change(page: Page, control: str) -> None:
    """Use one control and wait until the view has drawn again."""
    before = drawn(page)
    page.locator(control).locator("xpath=..").click()
    page.wait_for_function(
        "before => [...document.querySelectorAll('*')].some(host => Number("
        "host.shadowRoot?.querySelector('.view')?.dataset.drawn ?? 0) > before)",
        arg=before,
    )


def painted(page: Page) -> None:
    """Wait until what was done last has been painted."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


def test_words_without_specials_are_the_models_own_weights_added_up(
    journey: Journey, probe: Path
) -> None:
    bundle = load_bundle(probe)
    src = [*bundle.src_tokenizer.encode(SENTENCE).ids, EOS]
    tgt = [SOS, *bundle.tgt_tokenizer.encode(TARGET).ids]
    weights = Reference(probe, src, tgt).weights["cross"][LAYER - 1][HEAD - 1]
    labels = [
        [tokenizer.label(number) for number in ids]
        for tokenizer, ids in ((bundle.tgt_tokenizer, tgt), (bundle.src_tokenizer, src))
    ]
    rows = word_spans(labels[0], [0])
    cols = word_spans(labels[1], [len(src) - 1])
    wide = torch.stack([weights[:, first:end].sum(1) for first, end in cols], dim=1)
    words = torch.stack([wide[first:end].mean(0) for first, end in rows])[1:, :-1]
    words = words / words.sum(1, keepdim=True)
    names = [
        [word_label(side[first:end]).replace(" ", "·") for first, end in spans]
        for side, spans in zip(labels, (rows[1:], cols[:-1]), strict=True)
    ]

    page = journey.open("attention", src=SENTENCE, tgt=TARGET, kind="cross", layer=LAYER, head=HEAD)
    page.locator(".detail").wait_for()
    change(page, "input[value=words]")
    page.locator(".more summary").click()
    change(page, "input[name=specials]")
    page.keyboard.press("Escape")
    read = read_off(page)
    assert len(read) >= 4
    for (row, column), text in read.items():
        number = float(words[names[0].index(row), names[1].index(column)])
        assert float(text) == pytest.approx(number, abs=2e-3)
    assert "rows scaled to 1 again" in page.locator(".source .note").inner_text()


def test_a_scale_per_head_norms_and_means_say_what_they_are(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("attention", tgt=TARGET, kind="encoder", layer=1, head=2)
    expect(page.locator(".scaling")).to_have_text("one scale for all heads")
    expect(page.locator(".legend .top")).to_have_text("1")
    page.locator(".more summary").click()
    change(page, "input[value=own]")
    expect(page.locator(".scaling")).to_contain_text("a scale for each head")
    expect(page.locator(".legend .top")).not_to_have_text("1")
    expect(page.locator(".more summary")).to_have_text("More · 1")
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    change(page, "input[value=norms]")
    expect(page.locator(".quantity")).to_contain_text("v W_O")
    expect(page.locator(".says .line")).to_contain_text("takes from")
    change(page, "input[value=layer]")
    expect(page.locator(".title")).to_have_text("Layer 1, mean of 4 heads")
    page.get_by_role("gridcell", name="layer 2, head 1").click()
    expect(page.locator(".title")).to_have_text("Layer 2, head 1")
    expect(page.locator(".known")).to_contain_text("entropy")
    expect(page.locator(".words li").first).to_contain_text("takes most from")


def test_the_controls_fit_a_phone(journey: Journey) -> None:
    page = journey.open("attention", width=390)
    controls = page.locator(".controls").bounding_box()
    assert controls and controls["height"] < 48, "more than one row"
    page.locator(".more summary").click()
    panel = page.locator(".panel").bounding_box()
    assert panel and panel["x"] >= 0 and panel["x"] + panel["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
