"""Which pixels said tiger, in the browser: keys, the address, own pictures, Back."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from trainer.scenes import compose

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser


def view(page: Page) -> Locator:
    found = page.locator(".dawn.gradcam:not([data-drawn='0'])")
    found.wait_for()
    return found


def parameter(page: Page, name: str) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get(name, [])


@pytest.mark.slow
def test_steps_by_keyboard_come_back_after_a_reload(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("gradcam")
    cam = view(page)
    expect(cam.locator(".hit").nth(0)).to_have_text("Yes: the hottest point lies on the tiger.")
    expect(cam.locator(".hit").nth(1)).to_have_text("Yes: the hottest point lies on the cat.")
    cam.get_by_role("radio", name="Layer 5").focus()
    page.keyboard.press("ArrowLeft")
    expect(cam.get_by_role("radio", name="Layer 4")).to_be_focused()
    cam.locator("article canvas").first.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "PageDown", "PageDown"):
        page.keyboard.press(key)
    assert parameter(page, "cam") == ["method-Grad-CAM~layer-4~row-2~column-2~rank-2"]
    told = cam.locator(".says").all_inner_texts()
    assert all(text.startswith("Row 2, column 2. Channel ") for text in told)
    assert told[0] != told[1]

    page.reload()
    journey.settle(page)
    expect(view(page).locator(".says").first).to_have_text(told[0])
    view(page).locator("article canvas").first.focus()
    page.keyboard.press("Escape")
    assert parameter(page, "cam") == ["method-Grad-CAM~layer-4"]


@pytest.mark.slow
def test_a_method_of_the_vision_encoder_and_the_pointer(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("gradcam", gradcam="model-vision")
    cam = view(page)
    cam.get_by_role("radio", name="relevance").click()
    expect(cam.get_by_role("radio", name="All layers")).to_be_checked()
    canvas = cam.locator("article canvas").first
    canvas.hover(position={"x": 12, "y": 32})
    expect(cam.locator(".says").nth(1)).to_contain_text("Row 1, column 1. The map has")
    cam.get_by_role("radio", name="rollout").click()
    expect(cam.locator(".hit").first).to_contain_text("does not ask for the query")


@pytest.mark.slow
def test_a_picture_of_ones_own_and_one_that_is_none(journey: Journey) -> None:
    from PIL import Image
    from playwright.sync_api import FilePayload, expect

    page = journey.open("gradcam")
    view(page)
    page.get_by_role("button", name="Your own picture").click()
    file = page.locator("input[type=file]")
    picture = io.BytesIO()
    scene = compose(1, 1, chosen=[0, 2]).image.transpose(1, 2, 0)  # a tiger and a cat
    Image.fromarray(scene).resize((300, 300)).save(picture, "PNG")
    own = FilePayload(name="own.png", mimeType="image/png", buffer=picture.getvalue())
    file.set_input_files(own)
    expect(view(page).locator(".model")).to_contain_text("a picture of your own")
    expect(view(page).locator(".hit").first).to_contain_text("nobody told us")
    none = FilePayload(name="none.png", mimeType="image/png", buffer=b"<svg onload='alert(1)'/>")
    file.set_input_files(none)
    expect(page.get_by_text("An SVG is instructions for drawing")).to_be_visible()
    expect(view(page).locator(".model")).to_contain_text("scene 2 of tiger, cat")


def test_the_bridge_by_keyboard_comes_back_after_a_reload(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("gradcam")
    bridge = page.locator(".dawn.bridge:not([data-drawn='0'])")
    expect(bridge.locator(".line")).to_contain_text("the mean of the")
    bridge.locator("[tabindex='0']").focus()
    for key in ("ArrowUp", "Home", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    told = bridge.locator(".line").inner_text()
    assert ", head " in told and "product after the ReLU" in told
    (held,) = parameter(page, "bridge")
    assert held.endswith("~piece-2")

    page.reload()
    journey.settle(page)
    expect(bridge.locator(".line")).to_have_text(told)
    bridge.get_by_role("button", name="Release").click()
    expect(bridge.locator(".line")).to_contain_text("the mean of the")
    assert parameter(page, "bridge") == []


@pytest.mark.slow
def test_the_word_that_is_asked_about_goes_on_to_the_attention_page(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("gradcam")
    view(page)
    pieces = page.get_by_test_id("stButtonGroup").filter(has_text="Why this word")
    pieces.get_by_role("radio").nth(1).click()
    page.wait_for_url("**word=2*")
    journey.settle(page)
    expect(page.get_by_text("cross_attention.weights[0, :, 1]")).to_be_visible()
    page.get_by_role("link", name="Why this word").click()
    page.wait_for_url("**/attention?*panel=why*")
    assert parameter(page, "word") == ["2"]
