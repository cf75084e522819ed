"""Step by step, in the browser: the formula under the pointer holds the model's own numbers."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.test_numbers import SENTENCE, TARGET, Reference
from transformer.bundle import load_bundle
from transformer.tokenizer import EOS, SOS

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]


def opened(page: Page) -> Locator:
    page.get_by_text("Step by step", exact=True).click()
    page.locator(".walk:not([data-drawn='0'])").wait_for()
    return page.locator(".walk")


def numbers(text: str) -> list[float]:
    """The numbers of a formula; what is written as 1.20·10⁻⁴ is one of them."""
    plain = text.replace("−", "-").translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-"))
    return [float(n) for n in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", plain.replace("·10-", "e-"))]


@pytest.mark.slow
def test_the_formula_of_a_weight_is_the_models_own(journey: Journey, probe: Path) -> None:
    from playwright.sync_api import expect

    bundle = load_bundle(probe)
    src = [*bundle.src_tokenizer.encode(SENTENCE).ids, EOS]
    tgt = [SOS, *bundle.tgt_tokenizer.encode(TARGET).ids]
    row = 3
    weights = Reference(probe, src, tgt).weights["decoder"][1][2, row].tolist()
    column = weights.index(sorted(weights)[-2])  # neither the largest nor a masked one

    look: dict[str, Any] = {"kind": "decoder", "layer": 2, "head": 3}
    page = journey.open("attention", src=SENTENCE, tgt=TARGET, **look)
    walk = opened(page)
    walk.locator(".pieces [role=radio]").nth(row).click()
    walk.locator("[role=tab][aria-selected=true]").focus()
    for _ in range(20):  # along the strip with the keyboard
        if walk.get_attribute("data-step") == "softmax":
            break
        before = walk.get_attribute("data-drawn")
        page.keyboard.press("ArrowRight")
        expect(walk).not_to_have_attribute("data-drawn", before or "")
    expect(walk.locator(".title")).to_have_text("Softmax")

    canvas = walk.locator("figure[data-tensor=weights] canvas")
    box = canvas.bounding_box()
    assert box
    pitch = box["height"] / len(tgt)
    canvas.hover(position={"x": box["width"] / 2, "y": (column + 0.5) * pitch})
    expect(walk).to_have_attribute("data-focus", f"weights {row} {column}")
    exp, total, weight = numbers(walk.locator(".formula").inner_text())
    assert exp == pytest.approx(weights[column] / max(weights), rel=5e-3)
    assert total == pytest.approx(1 / max(weights), rel=1e-3)
    assert weight == pytest.approx(weights[column], rel=5e-3)

    # Locked, it stays while the pointer leaves; its script prints the same number; Escape frees it.
    canvas.click(position={"x": box["width"] / 2, "y": (column + 0.5) * pitch})
    walk.locator(".title").hover()
    expect(walk).to_have_attribute("data-focus", f"weights {row} {column}")
    script = walk.locator(".snippet").text_content()
    assert script and f"[0, 2, {row}, {column}]" in script
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True)
    assert float(ran.stdout) == pytest.approx(weights[column], rel=1e-4)
    page.keyboard.press("Escape")
    expect(walk.locator(".release")).to_be_hidden()

    walk.get_by_role("button", name="Play").click()
    expect(walk).to_have_attribute("data-step", "blend")
    page.keyboard.press("Escape")
    expect(walk.get_by_role("button", name="Play")).to_be_visible()


@pytest.mark.slow
def test_on_a_phone_with_reduced_motion_and_a_keyboard(journey: Journey) -> None:
    from playwright.sync_api import expect

    context = journey.new_context(reduced_motion="reduce", width=390)
    journey.watch(context)
    page = journey.visit(context.new_page(), journey.address("attention"))
    walk = opened(page)
    expect(walk.locator(".play")).to_be_hidden()
    walk.locator(".on").click()
    expect(walk).to_have_attribute("data-step", "norm")
    canvas = walk.locator("figure[data-tensor=normed] canvas")
    name, row, column = (walk.get_attribute("data-focus") or "").split()
    canvas.press("ArrowRight" if column == "0" else "ArrowLeft")
    neighbour = 1 if column == "0" else int(column) - 1
    expect(walk).to_have_attribute("data-focus", f"{name} {row} {neighbour}")
    canvas.press("Enter")
    expect(walk.locator(".release")).to_be_visible()
    fits = "() => document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(fits)
