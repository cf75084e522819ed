"""Heads and matrix without a mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser

FOCUSED = """() => {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found.getAttribute("role") ?? found.tagName.toLowerCase();
}"""


def tab_to(page: Page, role: str) -> None:
    for _ in range(25):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == role:
            return
    pytest.fail(f"25 times Tab do not lead to a {role}")


@pytest.mark.slow
def test_tab_leads_to_the_heads_and_arrows_choose_one(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("attention")
    view = page.locator(".view")
    expect(view).to_have_attribute("data-layer", "1")
    page.locator(".sentence textarea").focus()

    tab_to(page, "radio")
    page.keyboard.press("ArrowRight")
    expect(view).to_have_attribute("data-kind", "decoder")
    tab_to(page, "gridcell")
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(view).to_have_attribute("data-layer", "2")
    expect(view).to_have_attribute("data-head", "3")
    page.wait_for_url("**kind=decoder&layer=2&head=3**")

    tab_to(page, "application")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Release")).to_be_visible()
    expect(page.locator(".line")).to_contain_text("looks at")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Release")).to_be_hidden()
