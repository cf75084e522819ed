"""The panels below the heads: how long each takes to open, to follow, to answer the pointer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench.browser import Tab, tab
from bench.bundles import sentence_of
from bench.pages import SENTENCE, address
from bench.report import Row
from bench.server import Server
from pages.ui.catalogue import find_model
from pages.ui.models import load

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TOKENS = 20
VIEWS = {"walk": ".walk", "edit": ".ablation", "why": ".court"}
NAMES = {"walk": "step by step", "edit": "what if", "why": "why this word"}
STEPS = ("queries", "dots", "softmax")


def panels(browser: Browser, server: Server, model: str, rounds: int) -> Iterator[Row]:
    """Each panel on a sentence of 20 tokens that no cache has seen."""
    tokenizer = load(find_model(model)).src_tokenizer
    texts = [
        sentence_of(tokenizer, f"{place} {SENTENCE}", TOKENS - 1) for place in range(rounds + 1)
    ]
    for panel in VIEWS:
        yield from _opened(browser, server, model, panel, texts)
    with tab(browser) as opened:
        yield from _hovered(opened, server, model, texts[0], rounds)
    with tab(browser) as opened:
        yield _switched(opened, server, model, texts[0], rounds)
    with tab(browser) as opened:
        yield _asked(opened, server, model, texts[0], rounds)


def _ready(panel: str) -> str:
    return f"dawn.find('{VIEWS[panel]}:not([data-drawn=\"0\"])')"


def _opened(
    browser: Browser, server: Server, model: str, panel: str, texts: list[str]
) -> Iterator[Row]:
    """The heads are there, the panel's name is clicked -> it is painted; its largest message."""
    taken, sizes = [], []
    for place, text in enumerate(texts):
        with tab(browser) as opened:
            opened.open(
                address(server, "attention", model=model, src=text, kind="cross"),
                "dawn.find('.view:not([data-drawn=\"0\"])')",
            )
            opened.idle()
            opened.page.evaluate("dawn.received.length = 0")
            button = opened.page.get_by_test_id("stMain").get_by_text(NAMES[panel].capitalize())
            button.first.click()
            painted = opened.until(_ready(panel))
            clicked = float(opened.page.evaluate("performance.timeOrigin + dawn.clicked"))
            taken += [painted - clicked] if place else []
            sizes.append(float(opened.page.evaluate("dawn.largest().size")) / 1000)
    yield Row(f"{NAMES[panel]}: opened -> painted, {TOKENS} tokens", None, taken)
    yield Row(f"{NAMES[panel]}: largest message", None, sizes, unit="KB")


def _hovered(opened: Tab, server: Server, model: str, text: str, rounds: int) -> Iterator[Row]:
    """A number of the walk is pointed at -> what it is made from is lit, its formula written."""
    for step in STEPS:
        look = {"model": model, "src": text, "kind": "cross", "panel": "walk"}
        opened.open(address(server, "attention", **look, walk=f"step-{step}"), _ready("walk"))
        opened.idle()
        figure = opened.page.locator(".walk .figures canvas").last
        figure.scroll_into_view_if_needed()
        box = figure.bounding_box()
        assert box
        values = []
        for place in range(rounds + 1):
            opened.expect("dawn.marks('dawn-walk-drawn')")
            x = box["x"] + (0.1 + 0.8 * ((place * 7) % 10) / 10) * box["width"]
            y = box["y"] + (0.1 + 0.8 * ((place * 3) % 10) / 10) * box["height"]
            opened.page.mouse.move(x, y)
            values += [float(opened.found()[0])] if place else []
        yield Row(f"step by step: hover, {step}", 16, values)


def _switched(opened: Tab, server: Server, model: str, text: str, rounds: int) -> Row:
    """A head is switched off or on -> the page shows the edited model's translation."""
    look = {"model": model, "src": text, "kind": "cross", "panel": "edit"}
    opened.open(address(server, "attention", **look), _ready("edit"))
    values = []
    for place in range(rounds + 1):
        opened.idle()
        opened.expect("dawn.drawn('.ablation')")
        cell = opened.page.locator(".ablation .cell").nth(place)
        cell.click()
        values += [float(opened.found())] if place else []
    return Row(f"what if: a head off -> all is edited, {TOKENS} tokens", None, values)


def _asked(opened: Tab, server: Server, model: str, text: str, rounds: int) -> Row:
    """Another piece is asked about -> six methods and their curves have answered."""
    look = {"model": model, "src": text, "panel": "why"}
    opened.open(address(server, "attention", **look), _ready("why"))
    pieces = opened.page.get_by_test_id("stButtonGroup").filter(has_text="Why this piece")
    radios = pieces.get_by_role("radio")
    radios.first.wait_for()
    opened.idle()
    values: list[float] = []
    for place in range(min(rounds + 1, radios.count() - 1)):
        if radios.nth(place).is_checked():
            continue
        opened.idle()
        opened.expect("dawn.drawn('.court')")
        radios.nth(place).click()
        values.append(float(opened.found()))
    return Row(f"why this word: asked -> table painted, {TOKENS} tokens", None, values[1:])
