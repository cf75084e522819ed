"""Every page: light and dark, desk and phone, any text, bad links, and as a server's first page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from pages.ui.navigation import STOPS
from tests.journeys.conftest import SPEECHLESS

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> **b** [c](javascript:alert(3)) $x$"
every_page = pytest.mark.parametrize("url", [stop.url for stop in STOPS])


# The document never scrolls: Streamlit's main part does, in both directions.
TOO_WIDE = """() => [document.documentElement, document.querySelector("[data-testid=stMain]")]
  .filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.scrollWidth)"""


def fits_its_width(page: Page) -> bool:
    return page.evaluate(TOO_WIDE) == []


@every_page
def test_a_page_draws_without_errors_in_light_on_a_desk(journey: Journey, url: str) -> None:
    page = journey.open(url)
    assert page.locator(".stException").count() == 0
    assert fits_its_width(page)


@every_page
def test_any_sentence_is_only_text_in_the_dark_on_a_phone(journey: Journey, url: str) -> None:
    from playwright.sync_api import expect

    page = journey.open(url, scheme="dark", width=390, src=HOSTILE)
    assert page.locator(".stException").count() == 0
    assert fits_its_width(page)
    assert page.locator("img[src=x], a[href^=javascript]").count() == 0
    assert page.locator("strong", has_text=re.compile(r"\bb\b")).count() == 0
    if url not in SPEECHLESS:
        expect(page.locator(".sentence textarea")).to_have_value(HOSTILE)


@pytest.mark.parametrize(
    ("look", "words"),
    [
        ({"layer": 99}, "There is no layer 99 in this model; showing layer 1."),
        ({"model": "nobody"}, "There is no model “nobody” here"),
        ({"kind": "sideways"}, "There is no attention called “sideways”"),
    ],
)
def test_a_bad_link_is_answered_in_one_sentence(
    journey: Journey, look: dict[str, Any], words: str
) -> None:
    from playwright.sync_api import expect

    page = journey.open("attention", **look)
    notice = page.get_by_test_id("stAlert")
    expect(notice).to_have_count(1)
    expect(notice).to_contain_text(words)
    expect(page.locator(".view")).not_to_have_attribute("data-drawn", "0")


@pytest.mark.parametrize(
    "url",  # a server for each takes its time: one of them stands for all in the quick run
    [
        pytest.param(stop.url, marks=[] if stop.url == "attention" else pytest.mark.slow)
        for stop in STOPS
    ],
)
def test_a_page_may_be_the_first_that_a_server_is_asked_for(
    journey: Journey, cold_server: str, url: str
) -> None:
    from playwright.sync_api import expect

    journey.server = cold_server
    page = journey.open(url)
    assert page.locator(".stException").count() == 0
    expect(page.get_by_role("dialog")).to_have_count(0)
