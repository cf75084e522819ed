"""Touching the model: a head off, a row written, a piece hidden; all of it is in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser


def opened(journey: Journey, **look: Any) -> Page:
    """The attention page with the panel open and drawn."""
    page = journey.open("attention", **look)
    page.get_by_test_id("stMain").get_by_text("What if", exact=True).click()
    page.locator(".ablation:not([data-drawn='0'])").wait_for()
    page.locator(".dawn.row:not([data-drawn='0'])").wait_for()
    return page


def head(page: Page, layer: int, number: int) -> Locator:
    return page.get_by_role("button", name=f"Cross, layer {layer}, head {number}, off")


def translation(page: Page) -> Locator:
    return page.locator(".dawn-said p")


@pytest.mark.slow
def test_a_head_is_switched_off_and_back_restores_it(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = opened(journey)
    own = translation(page).inner_text()
    expect(page.get_by_text("as it is", exact=True)).to_have_count(0)
    for layer in (1, 2):  # the switch of a layer: all its heads
        page.get_by_role("button", name=f"Cross, layer {layer}, all heads off").click()
        expect(head(page, layer, 1)).to_have_attribute("aria-pressed", "true")
    page.wait_for_url("**edits=off%3Across.1%3Boff%3Across.2*")
    expect(page.get_by_text("The edited model's translation")).to_be_visible()
    expect(translation(page)).not_to_have_text(own)
    edited = translation(page).inner_text()
    expect(page.locator(".dawn-what del").first).to_be_visible()
    expect(page.locator(".dawn-what ins").first).to_be_visible()
    expect(page.get_by_text("Where they part")).to_be_visible()

    again = page.context.new_page()  # a copied link
    journey.visit(again, page.url)
    expect(translation(again)).to_have_text(edited)

    page.go_back()
    expect(head(page, 2, 1)).to_have_attribute("aria-pressed", "false")
    page.go_back()
    expect(translation(page)).to_have_text(own)
    expect(page.locator(".dawn-what")).to_have_count(0)


@pytest.mark.slow
def test_the_head_on_show_is_switched_off_where_it_is_seen(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("attention", kind="cross", layer=2, head=3)
    own = translation(page).inner_text()
    page.get_by_role("button", name="Switch head off").click()
    page.wait_for_url("**edits=off%3Across.2.3&panel=edit")
    expect(head(page, 2, 3)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("The edited model's translation")).to_be_visible()
    page.get_by_role("button", name="Switch head on").click()
    expect(head(page, 2, 3)).to_have_attribute("aria-pressed", "false")
    expect(translation(page)).to_have_text(own)
    page.go_back()
    page.go_back()
    expect(page.locator(".ablation")).to_have_count(0)
    assert "edits" not in page.url


@pytest.mark.slow
def test_undo_and_reset_and_the_keys(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = opened(journey)
    head(page, 1, 1).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(head(page, 1, 2)).to_have_attribute("aria-pressed", "true")
    page.wait_for_url("**edits=off%3Across.1.2*")
    expect(page.locator(".ablation")).not_to_have_attribute("data-drawn", "1")  # not mounted anew
    expect(head(page, 1, 2)).to_be_focused()
    page.get_by_role("button", name="3 ·car").or_(
        page.get_by_text("3 ·car", exact=True)
    ).first.click()
    page.wait_for_url("**hide%3A3*")
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url("**edits=off%3Across.1.2&panel=edit")
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_role("button", name="Reset")).to_have_count(0)
    assert "edits" not in page.url


def test_a_row_is_written_and_lands_in_the_address(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = opened(journey, kind="cross", layer="2", head="3")
    first = page.locator(".dawn.row .bars input").first
    first.focus()
    page.keyboard.press("End")  # all of the row's attention on the first piece
    page.wait_for_url("**edits=row%3Across.2.3.1%3D1%2C0%2C0**")
    expect(page.locator(".dawn.row .bars output").first).to_have_text("1.000")
    expect(page.get_by_text("row 1 of cross-attention layer 2, head 3").first).to_be_visible()


@pytest.mark.slow
def test_the_row_that_is_locked_above_is_the_one_to_write(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = opened(journey, kind="cross")
    chosen = page.locator(".dawn.row select")
    expect(chosen).to_have_value("0")
    page.locator(".detail").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(chosen).to_have_value("1")
    page.reload()
    page.locator(".dawn.row:not([data-drawn='0'])").wait_for()
    expect(chosen).to_have_value("1")
