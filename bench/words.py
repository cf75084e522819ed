"""The laboratories of tokens, embeddings and positions: how long each takes to open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench.browser import SETTLED, tab
from bench.pages import SENTENCE, address
from bench.report import Row
from bench.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PANELS = {
    "tokens": {
        "steps": "Step by step",
        "file": "The tokenizer file",
        "beside": "Side by side",
        "train": "Train one here",
    },
    "embeddings": {
        "context": "Contextless, then context",
        "axes": "Arithmetic and axes",
        "kinds": "Three kinds beside each other",
    },
    "positions": {"lab": "What if", "kinds": "Three kinds", "stable": "In few bits"},
}


def words(browser: Browser, server: Server, model: str, rounds: int) -> Iterator[Row]:
    """A panel's name is clicked -> its page has been painted and the server says no more.

    Each round in a tab of its own with a sentence that no cache has seen, after one that is not
    counted. What a child process makes meanwhile arrives later.
    """
    for page, panels in PANELS.items():
        for panel, label in panels.items():
            taken = []
            for place in range(rounds + 1):
                with tab(browser) as opened:
                    src = f"{place} {panel} {SENTENCE}"
                    opened.open(address(server, page, model=model, src=src), SETTLED)
                    opened.idle()
                    button = opened.page.get_by_test_id("stMain").get_by_role("radio", name=label)
                    button.first.click()
                    painted = opened.until(
                        f"location.search.includes('panel={panel}') && {SETTLED}"
                    )
                    clicked = float(opened.page.evaluate("performance.timeOrigin + dawn.clicked"))
                    taken += [painted - clicked] if place else []
            yield Row(f"{page}, {label.lower()}: opened -> painted", None, taken)
