"""The pages of the model in a real browser, with a small model served."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

DRAWN = ":not([data-drawn='0'])"


@pytest.fixture
def served_model(app_server: str, app_runs: Path, bundle_folder: Path) -> Iterator[str]:
    """The address of the app while the small model is there as "toy"."""
    shutil.copytree(bundle_folder, app_runs / "toy" / "export")
    yield app_server
    shutil.rmtree(app_runs / "toy")


def wait_for_mark(page: Page, view: str, mark: str, other_than: str | None) -> str | None:
    """The value of a data mark of a view, once it is another one."""
    page.wait_for_selector(f"{view}[{mark}]:not([{mark}='{other_than}'])")
    return page.locator(view).get_attribute(mark)


@pytest.mark.browser
@pytest.mark.slow
def test_typing_changes_the_heads_and_a_copied_address_shows_the_same_head(
    page_context: Callable[..., BrowserContext], served_model: str
) -> None:
    context = page_context()
    page = context.new_page()
    page.goto(f"{served_model}/attention?model=toy&src=the+red")
    page.wait_for_selector(f".view{DRAWN}")
    drawn = page.locator(".view").get_attribute("data-drawn")
    page.locator("textarea").press("End")
    page.locator("textarea").press_sequentially(" car")
    wait_for_mark(page, ".view", "data-drawn", drawn)
    page.wait_for_url("**src=the+red+car*")
    page.locator(".cells button").nth(4).click()
    page.wait_for_url("**layer=2*")
    copy = context.new_page()
    copy.goto(page.url)
    copy.wait_for_selector(f".view{DRAWN}")
    assert copy.locator(".head .title").inner_text() == "Layer 2, head 2"
    rows = copy.locator(".words li")
    rows.last.wait_for(state="attached")
    assert rows.last.inner_text().startswith("[EOS] looks at ")
    assert rows.last.locator(".number").count() >= 1
    unnamed = "canvas => !canvas.ariaLabel && !canvas.closest('[aria-hidden=true]')"
    canvases = copy.locator(".view canvas")
    assert canvases.count() == 3
    assert canvases.evaluate_all(f"all => all.filter({unnamed}).length") == 0


@pytest.mark.browser
def test_scrubbing_the_steps_needs_no_rerun(
    page_context: Callable[..., BrowserContext], served_model: str
) -> None:
    page = page_context().new_page()
    page.goto(f"{served_model}/translate?model=toy&src=the+red+car")
    page.wait_for_selector(f".steps{DRAWN}")
    steps, drawn = page.locator(".steps"), page.locator(".steps").get_attribute("data-drawn")
    page.locator(".steps .target button").nth(2).click()
    assert steps.get_attribute("data-step") == "3"
    page.keyboard.press("ArrowRight")
    assert steps.get_attribute("data-step") == "4"
    page.locator(".steps input[type=range]").press("Home")
    assert steps.get_attribute("data-step") == "1"
    assert page.locator(".steps .bars li.taken").count() == 1
    assert steps.get_attribute("data-drawn") == drawn

    page.get_by_role("radio", name="Beam search").click()
    page.wait_for_selector(".steps .list button >> nth=1")
    before = page.locator(".steps .figures").inner_text()
    page.locator(".steps .list button").nth(1).click()
    page.wait_for_function(
        "before => [...document.querySelectorAll('*')].some(host =>"
        " host.shadowRoot?.querySelector('.steps .figures:not(:empty)')"
        " && host.shadowRoot.querySelector('.steps .figures').textContent !== before)",
        arg=before,
    )
    assert page.locator(".steps .list [aria-checked=true]").inner_text().startswith("Beam 2")
