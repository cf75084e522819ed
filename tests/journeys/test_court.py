"""Why this word: pick a piece, read the verdict and the numbers, all of them the library's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from transformer.analysis.case import open_case
from transformer.analysis.deletion import deletion_curves, ranking
from transformer.analysis.hiding import hideable
from transformer.analysis.methods import METHODS
from transformer.bundle import load_bundle
from transformer.tokenizer import EOS, SOS

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser

SENTENCE = "edmund closed his account"
TARGET = "la la piccola casa"


def drawn(page: Page, times: int) -> Locator:
    table = page.locator(".court")
    page.locator(f'.court[data-drawn="{times}"]').wait_for()
    return table


@pytest.mark.slow
def test_a_piece_is_picked_and_its_numbers_are_the_models_own(
    journey: Journey, probe: Path
) -> None:
    from playwright.sync_api import expect

    page = journey.open("attention", src=SENTENCE, tgt=TARGET)
    page.get_by_text("Why this word", exact=True).click()
    drawn(page, 1)
    pieces = page.get_by_test_id("stButtonGroup").filter(has_text="Why this piece")
    pieces.get_by_text(re.compile("^·la")).nth(1).click()  # the second of two alike
    court = drawn(page, 2)

    bundle = load_bundle(probe)
    src = [*bundle.src_tokenizer.encode(SENTENCE).ids, EOS]
    tgt = [SOS, *bundle.tgt_tokenizer.encode(TARGET).ids]
    labels = [bundle.tgt_tokenizer.label(number) for number in tgt]
    position = [place for place, label in enumerate(labels) if label.strip() == "la"][1] - 1
    case = open_case(
        bundle.model, torch.tensor([src]), torch.tensor([tgt]), position, tgt[position + 1]
    )
    scores = [method.explain(case) for method in METHODS]
    places = [place for place in hideable(case) if place < len(src)]
    areas = deletion_curves(case, [ranking(found, places) for found in scores]).areas()

    expect(court.locator(".model")).to_contain_text(
        f"output.logits[0, {position}, {tgt[position + 1]}]"
    )
    expect(court.locator("td.area")).to_have_text(["area", "", *(f"{area:.3f}" for area in areas)])
    expect(page.get_by_text("For la", exact=False).first).to_be_visible()
    for row, (method, found) in enumerate(zip(METHODS, scores, strict=True)):
        court.locator(f'[data-row="{row}"][data-column="1"]').hover()
        value = found.src[1].item()
        line = court.locator(".line")
        expect(line).to_contain_text(f"{method.name} · source")
        if abs(value) >= 0.001:
            sign = "−" if value < 0 else "+" if method.signed else ""
            expect(line).to_contain_text(f"{sign}{abs(value):.3f} {method.unit}")

    court.locator('[data-row="0"][data-column="0"]').click()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    expect(court.locator('[data-row="1"][data-column="0"]')).to_be_focused()
    expect(court.locator(".line")).to_contain_text(f"{METHODS[1].name} · source")
    court.locator('[data-row="0"][data-column="1"]').click()
    page.mouse.move(5, 5)
    expect(court.locator(".line")).to_contain_text("rollout")
    court.get_by_role("button", name="Release").click()
    page.get_by_text("Both", exact=True).click()
    expect(drawn(page, 3).locator(".model")).to_contain_text("output.logits")
