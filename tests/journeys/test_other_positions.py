"""Positions: other ones are given to the model, the address keeps them, Back takes them away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser


def choice(page: Page, name: str) -> Locator:
    return page.get_by_test_id("stMain").get_by_role("radio", name=name, exact=True)


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


def test_a_number_tells_how_it_is_made(journey: Journey) -> None:
    page = journey.open("positions")
    cells = page.locator(".dawn-sums tbody").nth(1).locator("tr")
    shown = [cells.nth(row).locator("td").first for row in range(4)]
    scaled, position, total = (cell.inner_text() for cell in shown[1:])
    assert shown[2].get_attribute("title") == f"sin(1 / 10000^(0/32)) = {position}"
    assert re.fullmatch(
        rf"{re.escape(scaled)} \+ 0\.8415 = {re.escape(total)}",
        shown[3].get_attribute("title") or "",
    )
