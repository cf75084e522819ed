"""A run from the form to its model: launched, watched, stopped, looked into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

PATIENCE = 180_000  # ms
PAIRS = "libreoffice-help:600"
# One thread: on a busy machine two of them mostly wait for each other.
SETTINGS = {"Steps": "5000", "Vocab size": "400", "d_model": "32", "Threads": "1"}

# The loss that the head of the run shows; NaN before there is one.
LOSS = "Number(document.querySelectorAll('.run-head dd')[1]?.firstChild.textContent)"


def test_a_run_is_launched_watched_stopped_and_looked_into(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("training")
    text = page.get_by_role("combobox", name="Training text")
    page.get_by_role("button", name="Remove libreoffice-help").click()
    expect(page.get_by_role("button", name="Launch")).to_be_disabled()  # no text to learn from
    text.fill(PAIRS)
    text.press("Enter")
    text.press("Escape")  # the list of corpora covers the fields below it
    page.get_by_text("More: machine").click()
    for name, number in SETTINGS.items():
        field = page.get_by_role("spinbutton", name=name)
        field.fill(number)
        field.press("Enter")
    for name, option in {"Training text": f"--data={PAIRS}", "Threads": "--threads=1"}.items():
        expect(page.get_by_test_id("stCode").first, name).to_contain_text(option)
    page.get_by_role("button", name="Launch").click()
    page.wait_for_url("**run=nano-*")

    expect(page.locator(".run-state")).to_have_text("running")
    # A run gives way to all other work, so on a busy machine it takes long to start.
    page.wait_for_function(f"{LOSS} > 0", timeout=PATIENCE)
    first = float(page.evaluate(LOSS))
    page.wait_for_function(f"{LOSS} < {first} - 0.1", timeout=PATIENCE)

    page.get_by_role("button", name="Also").click()
    page.get_by_role("button", name="Save now").click()
    expect(page.get_by_text("What it learned since step")).to_be_visible()  # what a kill would cost
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".run-state")).to_have_text("stopped", timeout=PATIENCE)
    name = page.locator(".run-title h2").inner_text()
    page.get_by_test_id("stMain").get_by_role("link", name="Attention").click()
    page.wait_for_url(f"**/attention?*model={name}*")
    journey.settle(page)
    expect(page.locator(".view")).not_to_have_attribute("data-drawn", "0")
    expect(page.locator(".dims")).to_contain_text("b h s s = 1 × 4 ×")
