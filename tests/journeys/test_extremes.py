"""Input at its extremes, in the browser: nothing typed, one token, 300, a target and edits that do
not fit, a model without numbers. Each view draws or one sentence says why not, and what was made
comes back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch

from transformer.bundle import load_bundle, save_bundle

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser

HEADS = ".dawn.view"
PANELS = {"walk": ".dawn.walk", "edit": ".dawn.ablation", "why": ".dawn.court"}
VIEWS = ", ".join([HEADS, *PANELS.values()])
SENTENCE = "the red car is in front"
INKED = """canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
  .some((value, at) => at % 4 === 3 && value > 0)"""
BROKEN = {"nan": torch.nan, "overflowing": 1e25}


@pytest.fixture(scope="module")
def broken(probe: Path, app_runs: Path) -> Iterator[None]:
    """Beside the probe a model whose weights are no numbers, and one whose products overflow."""
    folders = []
    for name, value in BROKEN.items():
        bundle = load_bundle(probe)
        with torch.no_grad():
            for projection in ("w_q", "w_k"):
                bundle.model.get_parameter(
                    f"encoder.layers.0.self_attention.{projection}.weight"
                ).fill_(value)
        folders.append(app_runs / name)
        save_bundle(app_runs / name / "export", bundle, half=False)
    yield
    for folder in folders:
        shutil.rmtree(folder)


def draws(page: Page, view: str) -> None:
    """The heads and the panel below them are there, and there is something on them."""
    for part in (HEADS, PANELS[view]):
        drawn = page.locator(f"{part}:not([data-drawn='0'])")
        drawn.wait_for()
        box = drawn.bounding_box()
        assert box and box["height"] > 200
        assert any(character.isdigit() for character in drawn.inner_text())
    assert page.locator(f"{HEADS} canvas.detail").evaluate(INKED)


def says(page: Page, words: str) -> None:
    """One sentence in the place of the heads and the panel."""
    from playwright.sync_api import expect

    told = page.get_by_test_id("stMain").get_by_test_id("stAlert")
    expect(told.filter(has_text=words)).to_be_visible()
    expect(page.locator(VIEWS)).to_have_count(0)
    expect(told).to_have_count(1)


@pytest.mark.parametrize(
    ("view", "model", "words"),
    [
        ("walk", "overflowing", "The model's numbers overflow on this sentence"),
        ("edit", "nan", "hold values that are no finite numbers"),
        ("why", "overflowing", "The model's numbers overflow on this sentence"),
    ],
)
@pytest.mark.slow
def test_what_can_be_shown_is_and_what_cannot_is_one_sentence(
    journey: Journey, broken: None, view: str, model: str, words: str
) -> None:
    from playwright.sync_api import expect

    look: dict[str, Any] = {"src": SENTENCE, "kind": "cross", "panel": view}
    page = journey.open("attention", **look, edits="hide:4")
    draws(page, view)
    own = page.locator(".dawn-said p").inner_text()

    journey.say(page, "   ")
    says(page, "Type a sentence")
    journey.say(page, "a")
    draws(page, view)
    expect(page.get_by_text("the source has no such piece 4")).to_be_visible()
    journey.say(page, "x" * 300)
    says(page, "This sentence is 302 tokens long, but the model takes 128: shorten it.")

    journey.say(page, SENTENCE)
    draws(page, view)  # the panel is open still, and the edit fits again
    expect(page.locator(".dawn-said p")).to_have_text(own)
    expect(page.get_by_text("nobody may look at piece 4").first).to_be_visible()
    page.get_by_role("textbox", name="Explain another translation").fill("y" * 300)
    page.keyboard.press("Enter")
    expect(page.get_by_text("This translation is 302 tokens long")).to_be_visible()
    expect(page.locator(VIEWS)).to_have_count(0)
    page.go_back()
    draws(page, view)

    journey.visit(page, journey.address("attention", **look, model=model))
    says(page, words)
