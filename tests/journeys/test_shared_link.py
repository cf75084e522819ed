"""What is seen is in the address: opened elsewhere it is the same, and no server was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.test_numbers import TARGET
from tests.journeys.test_settings_of_heads import change, painted

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser

SENTENCE = "edmund closed his banking account"


def elsewhere(journey: Journey, page: Page) -> Page:
    """The address of that page, opened by somebody else."""
    context = journey.new_context(color_scheme="light", width=1440)
    journey.watch(context)
    return journey.visit(context.new_page(), page.url)


@pytest.mark.slow
def test_how_the_heads_are_shown_is_in_the_link_and_costs_no_message(journey: Journey) -> None:
    from playwright.sync_api import expect

    context = journey.new_context(color_scheme="light", width=1440)
    journey.watch(context)
    page, sent = context.new_page(), []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(1)))
    look = {"src": SENTENCE, "tgt": TARGET, "kind": "cross", "layer": 2, "head": 3}
    journey.visit(page, journey.address("attention", **look))
    page.locator(".view:not([data-drawn='0'])").wait_for()
    before = len(sent)
    change(page, "input[value=words]")
    change(page, "input[value=layer]")
    page.locator(".more summary").click()
    change(page, "input[name=sums]")
    page.keyboard.press("Escape")
    detail = page.locator(".detail")
    detail.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".says .release")).to_be_visible()
    assert len(sent) == before
    assert "heads=unit-words~mean-layer~sums-true~row-2" in page.url

    detail.blur()  # what is locked is told, without what is pointed at
    painted(page)
    told = page.locator(".says .line").inner_text()
    page.get_by_role("gridcell", name="layer 1, head 2").click()  # Python writes the address
    page.wait_for_url("**head=2**")
    page.wait_for_function("location.search.includes('heads=unit-words~sums-true~row-2')")
    page.go_back()
    page.wait_for_function("location.search.includes('head=3')")
    page.locator(".view[data-head='3']").wait_for()
    change(page, "input[value=layer]")

    other = elsewhere(journey, page)
    expect(other.locator(".title")).to_have_text("Layer 2, mean of 4 heads")
    expect(other.locator("input[value=words]")).to_be_checked()
    expect(other.locator("input[name=sums]")).to_be_checked()
    expect(other.locator(".says .line")).to_have_text(told)


@pytest.mark.slow
def test_a_number_of_the_walk_is_in_the_link(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("attention", src=SENTENCE, tgt=TARGET, kind="cross", panel="walk")
    walk = page.locator(".walk")
    walk.get_by_role("tab", name="Softmax").click()
    walk.locator(".pieces button").nth(1).click()
    canvas = walk.locator('figure[data-tensor="weights"] canvas')
    canvas.click(position={"x": 20, "y": 30})
    expect(walk.locator(".release")).to_be_visible()
    assert "walk=step-softmax~piece-2~number-weights.2." in page.url

    other = elsewhere(journey, page).locator(".walk")
    expect(other.locator(".title")).to_have_text(walk.locator(".title").inner_text())
    expect(other.locator(".formula")).to_have_text(walk.locator(".formula").inner_text())
    expect(other.locator(".release")).to_be_visible()


@pytest.mark.slow
def test_the_word_that_is_explained_is_in_the_link_and_back_is_back(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("attention", src=SENTENCE, tgt="la la piccola casa")
    page.get_by_text("Why this word", exact=True).click()
    page.locator(".court:not([data-drawn='0'])").wait_for()
    page.wait_for_url("**panel=why**")
    pieces = page.get_by_test_id("stButtonGroup").filter(has_text="Why this piece")
    pieces.get_by_role("radio").nth(1).click()
    page.wait_for_url("**word=2**")
    page.get_by_text("What was written before", exact=True).click()
    page.wait_for_url("**hide=prefix**")
    expect(page.locator(".court .model")).to_contain_text("output.logits[0, 1, ")
    page.locator('.court [data-row="0"][data-column="1"]').click()
    assert "court=piece-2" in page.url

    other = elsewhere(journey, page)
    expect(other.locator(".court .model")).to_contain_text("output.logits[0, 1, ")
    expect(other.locator(".court .release")).to_be_visible()
    chosen = other.get_by_test_id("stButtonGroup").filter(has_text="What is hidden")
    expect(chosen.get_by_role("radio", checked=True)).to_have_text("What was written before")

    page.go_back()
    page.wait_for_function("!location.search.includes('hide=')")
    page.go_back()
    page.wait_for_function("!location.search.includes('word=')")
    page.go_back()
    expect(page.locator(".court")).to_have_count(0)
