"""An image in sixteen-pixel words, in the browser: the keyboard hides a patch, the address keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser


def view(page: Page) -> Locator:
    found = page.locator(".dawn.patches:not([data-drawn='0'])")
    found.wait_for()
    return found


def parameter(page: Page, name: str) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get(name, [])


def pixels(found: Locator, name: str) -> str:
    """What a canvas shows."""
    return str(found.locator(f"canvas.{name}").evaluate("canvas => canvas.toDataURL()"))


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
    expect.poll(lambda: {name: pixels(found, name) for name in before}).to_equal(before)
    found.get_by_role("button", name="Hide none").click()
    expect(found.locator(".erred")).to_contain_text("Nothing is hidden")


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
