"""Positions: other ones are given to the model, the address keeps them, Back takes them away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser


def choice(page: Page, name: str) -> Locator:
    return page.get_by_test_id("stMain").get_by_role("radio", name=name, exact=True)


@pytest.mark.slow
def test_positions_are_removed_linked_and_restored(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("positions")
    page.get_by_test_id("stMain").get_by_text("What if", exact=True).click()
    expect(page.get_by_text("Nothing is changed yet")).to_be_visible()
    choice(page, "Remove").click()
    page.wait_for_url("**edits=pos%3Aencoder.remove*")
    expect(page.locator(".dawn-places small.moved").first).to_have_text("none")
    verdict = page.locator(".st-key-dawn-verdict p")
    expect(verdict).to_contain_text("the encoder's positions are removed")
    told = verdict.inner_text()
    choice(page, "Both").click()
    page.wait_for_url("**pos%3Adecoder.remove*")
    expect(page.locator(".dawn-places")).to_have_count(2)

    page.go_back()
    expect(verdict).to_have_text(told)
    again = page.context.new_page()  # a copied link
    journey.visit(again, page.url)
    expect(again.locator(".st-key-dawn-verdict p")).to_have_text(told)
    page.go_back()
    expect(page.get_by_text("Nothing is changed yet")).to_be_visible()


@pytest.mark.slow
def test_by_keys_alone(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("positions", panel="lab", edits="pos:decoder.shift=2")
    slider = page.get_by_role("slider", name="Places further on")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**edits=pos%3Adecoder.shift%3D3*")
    places = page.locator(".dawn-places small")
    expect(places.first).to_have_text("3")
    expect(slider).to_be_focused()


@pytest.mark.slow
def test_a_number_tells_how_it_is_made_by_keys_and_by_touch(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("positions")
    sums = page.locator(".sums:not([data-drawn='0'])")
    rows = sums.locator("tbody").nth(1).locator("tr")
    scaled, position, total = (rows.nth(row).locator("td").first.inner_text() for row in (1, 2, 3))
    sums.locator(".grid").focus()
    for key in ("ArrowDown", *["ArrowDown"] * 6):  # the first press enters the table
        page.keyboard.press(key)
    says = sums.locator(".says")
    expect(says).to_contain_text(f"dimension 0: sin(1 / 10000^(0/32)) = {position}")
    page.keyboard.press("ArrowDown")
    expect(says).to_contain_text(f"{scaled} + 0.8415 = {total}")
    expect(sums.locator("td.of")).to_have_text([scaled, position])
    assert "number=piece-2~row-4~dim-0" in page.url
    told = says.inner_text()
    page.reload()
    expect(says).to_have_text(told)
    page.get_by_role("slider", name="Show the dimensions from").press("ArrowRight")
    page.wait_for_url("**positions=window-8*")
    expect(says).to_contain_text("arrow keys")  # another window, which does not show that number
    page.go_back()
    expect(says).to_have_text(told)
    sums.locator("td").first.dispatch_event("click")  # as a touch does
    expect(says).to_contain_text("row ")
    sums.locator(".grid").press("Escape")
    assert "number=" not in page.url


@pytest.mark.slow
def test_what_is_chosen_of_the_pictures_is_in_the_link_and_back_undoes_it(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("positions")
    pair, shift = (page.get_by_role("slider", name=name) for name in ("Pair of", "Shift k"))
    pair.press("ArrowRight")
    page.wait_for_url("**positions=pair-9*")
    shift.press("ArrowRight")
    page.wait_for_url("**pair-9~shift-4*")
    page.get_by_role("button", name="Remove 9").click()  # a dimension
    page.wait_for_url("**dims-8.16.17*")
    page.reload()
    expect(pair).to_have_attribute("value", "9")
    expect(shift).to_have_attribute("value", "4")
    expect(page.get_by_role("button", name="Remove 9")).to_have_count(0)
    for number in ("4", "4", "3"):
        expect(shift).to_have_attribute("value", number)
        page.go_back()
    expect(pair).to_have_attribute("value", "8")


@pytest.mark.slow
def test_the_heat_map_keeps_whole_pixels_on_a_phone_and_scrolls_in_its_frame(
    journey: Journey,
) -> None:
    page = journey.open("positions", width=390)
    cells = page.locator(".st-key-positions-heat_map .heatmaplayer image")
    cells.wait_for(state="attached")
    assert float(cells.get_attribute("width") or 0) % 32 == 0  # the probe's model width
    frame = page.locator(".st-key-dawn-scroll-heat_map")
    assert frame.evaluate("frame => frame.scrollWidth > frame.clientWidth + 100")
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth")
