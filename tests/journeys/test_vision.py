"""An image in sixteen-pixel words, in the browser: the keyboard hides, the address keeps."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
# Views draw in the next frame.
DRAWN = """canvas => new Promise((tell) =>
  requestAnimationFrame(() => requestAnimationFrame(() => tell(canvas.toDataURL()))))"""


def view(page: Page) -> Locator:
    found = page.locator(".dawn.patches:not([data-drawn='0'])")
    found.wait_for()
    return found


def parameter(page: Page, name: str) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get(name, [])


def pixels(found: Locator, name: str) -> str:
    """What a canvas shows."""
    return str(found.locator(f"canvas.{name}").evaluate(DRAWN))


@pytest.mark.slow
def test_a_patch_hidden_by_the_keyboard_is_painted_in_and_stays_after_a_reload(
    journey: Journey,
) -> None:
    from playwright.sync_api import expect

    page = journey.open("vision", vision="scene-1")
    found = view(page)
    expect(found.locator(".erred")).to_contain_text("Nothing is hidden")
    found.locator(".picture").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    expect(found.locator(".says")).to_contain_text("Patch 8 (row 2, column 2): press it")
    page.keyboard.press("Enter")
    expect(found.locator(".erred")).to_contain_text("1 of 36 hidden. Squared error")
    expect(found.locator(".says")).to_contain_text("is hidden")
    assert parameter(page, "vision") == ["scene-1~hidden-80"]
    found.locator(".heads").focus()
    page.keyboard.press("ArrowDown")
    expect(found.locator(".chosen")).to_have_text("Layer 2, head 1")
    assert parameter(page, "patches") == ["patch-8~layer-2"]
    page.mouse.move(0, 0)
    before = {name: pixels(found, name) for name in ("shown", "paint", "look")}
    assert before["shown"] != before["paint"]

    page.reload()
    journey.settle(page)
    found = view(page)
    expect(found.locator(".chosen")).to_have_text("Layer 2, head 1")
    expect(found.locator(".says")).to_contain_text("Patch 8 (row 2, column 2) is hidden")
    assert {name: pixels(found, name) for name in before} == before
    found.get_by_role("button", name="Hide none").click()
    expect(found.locator(".erred")).to_contain_text("Nothing is hidden")


@pytest.mark.slow
def test_patches_become_tokens_one_by_one_and_still_where_motion_is_unwanted(
    journey: Journey,
) -> None:
    from playwright.sync_api import expect

    page = journey.open("vision")
    found = view(page)
    expect(found.locator(".made")).to_contain_text("36 patches + 1 class token = 37 tokens")
    found.locator(".scrub").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(found.locator(".count")).to_have_text("2 of 36")
    assert parameter(page, "patches") == ["step-2"]
    found.get_by_role("button", name="Play").click()
    expect(found.locator(".made")).to_contain_text("= 37 tokens")
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    journey.settle(page)
    expect(view(page).get_by_role("button", name="Play")).to_be_hidden()
    expect(view(page).get_by_role("button", name="One patch fewer")).to_be_visible()


@pytest.mark.slow
def test_the_script_prints_the_weights_of_the_file(journey: Journey) -> None:
    page = journey.open("vision", vision="scene-1~hidden-80", patches="patch-15~layer-3~head-2")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    found = view(page)
    found.locator(".save summary").click()
    with page.expect_download() as download:
        found.locator("[data-take=csv]").click()
    found.locator("[data-take=python]").click()
    found.locator(".done", has_text="copied").wait_for()
    done = subprocess.run(
        [sys.executable, "-c", page.evaluate("navigator.clipboard.readText()")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [line.split(",") for line in download.value.path().read_text("utf-8").splitlines()[2:]]
    weights = [float(row[4]) for row in rows if row[:3] == ["3", "2", "15"]]
    assert json.loads(done.stdout) == pytest.approx(weights, rel=2e-3, abs=1e-6)


def test_a_file_that_is_no_picture_is_one_sentence(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("vision", vision="from-file")
    hostile = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    page.locator("input[type=file]").set_input_files(
        {"name": "x.png", "mimeType": "image/png", "buffer": hostile}
    )
    expect(page.get_by_test_id("stAlert")).to_contain_text("An SVG is instructions for drawing")
    expect(page.get_by_test_id("stAlert")).to_have_count(1)


def test_a_digit_is_read_by_the_model_that_learned_digits(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("vision", vision="digit-7~gone-60")
    expect(view(page).locator(".made")).to_contain_text("36 patches + 1 class token")
    page.get_by_role("radio", name="Digits, trained in a minute").click()
    page.wait_for_url("**model-digits*")
    journey.settle(page)
    found = view(page)
    expect(found.locator(".made")).to_contain_text("16 patches + 1 class token = 17 tokens")
    expect(found.locator(".sum")).to_have_text("one of 10: a softmax, so all sum to 1")
    expect(found.locator(".erred")).to_contain_text("2 of 16 hidden")
    found.locator(".picture").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(found.locator(".erred")).to_contain_text("3 of 16 hidden")
    page.get_by_role("button", name="Another picture").click()
    expect(view(page).locator(".erred")).to_contain_text("Nothing is hidden")
    assert {*parameter(page, "vision")[0].split("~")} == {"digit-8", "model-digits"}
