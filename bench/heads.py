"""The attention component alone: its payload, its paint, and what it answers without the server."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from bench.browser import Tab, tab
from bench.bundles import BIG, MANY_TOKENS, TOKENS, WIDE, sentence_of
from bench.pages import HEADS, SENTENCE, address
from bench.report import Row
from bench.server import Server
from pages.ui.catalogue import find_model
from pages.ui.models import load

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DRAWN = "dawn.marks('dawn-attention-drawn')"


def all_heads(browser: Browser, server: Server, rounds: int) -> Iterator[Row]:
    """6 layers x 8 heads x 32 tokens, 3 kinds: how much is sent, how long it takes to paint."""
    tokenizer = load(find_model(BIG)).src_tokenizer
    text = sentence_of(tokenizer, SENTENCE, TOKENS - 1)
    where = address(server, "attention", model=BIG, src=text, tgt=text)
    paint, sizes = [], []
    for place in range(rounds + 1):
        with tab(browser) as opened:
            opened.open(where, HEADS)
            times = [
                float(opened.page.evaluate(f"dawn.mark('dawn-attention-{name}')"))
                for name in ("data", "drawn")
            ]
            sizes.append(float(opened.page.evaluate("dawn.largest().size")) / 1000)
            paint += [times[1] - times[0]] if place else []
    cells = 2 * TOKENS * TOKENS + TOKENS * (TOKENS + 1) / 2 + 3 * TOKENS  # of the decoder, the past
    numbers = 6 * 8 * cells * 2 / 1000
    parts = [
        ("float16 weights and norms", numbers),
        ("the component's own code, and words", statistics.median(sizes) - numbers),
    ]
    yield Row("all heads, 6 x 8 x 32, whole message", 320, sizes, unit="KB", parts=parts)
    yield Row("all heads, 6 x 8 x 32, arrived -> painted", 100, paint)


def without_the_server(opened: Tab, server: Server, rounds: int) -> Iterator[Row]:
    """Hover, lock and change of head or layer: one frame each, nothing sent for the first two."""
    opened.open(address(server, "attention", model=BIG, src=SENTENCE, tgt=SENTENCE), HEADS)
    opened.idle()
    detail = opened.page.locator(".detail")
    detail.scroll_into_view_if_needed()
    box = detail.bounding_box()
    assert box
    left, top = box["x"] + 20, box["y"] + 110
    before = len(opened.sent)

    def measured(act: Callable[[int], None]) -> list[float]:
        values = []
        for place in range(rounds + 1):
            opened.expect(DRAWN)
            act(place)
            values += [float(opened.found()[0])] if place else []
        return values

    mouse, keys = opened.page.mouse, opened.page.keyboard

    def hover(place: int) -> None:
        mouse.move(left + 45 * (place % 5), top + 40 * (place % 4))

    def lock(place: int) -> None:
        mouse.down()
        mouse.up()

    yield Row("hover", 16, measured(hover))
    yield Row("lock, release", 16, measured(lock))
    messages = len(opened.sent) - before
    yield Row("messages to the server for all of these", 0, [float(messages)], unit="")
    opened.page.locator("[role=gridcell][tabindex='0']").focus()
    arrows = {"head": ("ArrowRight", "ArrowLeft"), "layer": ("ArrowDown", "ArrowUp")}
    for what, pair in arrows.items():

        def step(place: int, pair: tuple[str, str] = pair) -> None:
            keys.press(pair[place % 2])

        yield Row(f"change of {what}", 16, measured(step))


SETTINGS = {
    "words": "input[value=words]",
    "times norms": "input[value=norms]",
    "without specials": "input[name=specials]",
    "a scale per head": "input[value=own]",
    "mean of all": "input[value=all]",
}


def many_heads(browser: Browser, server: Server, rounds: int) -> Iterator[Row]:
    """12 layers x 12 heads x 64 tokens: what each setting takes when it is chosen first."""
    tokenizer = load(find_model(WIDE)).src_tokenizer
    text = sentence_of(tokenizer, SENTENCE, MANY_TOKENS - 1)
    where = address(server, "attention", model=WIDE, src=text, tgt=text, kind="cross")
    paint: list[float] = []
    taken: dict[str, list[float]] = {what: [] for what in SETTINGS}
    hover: list[float] = []
    for _ in range(min(rounds, 4)):
        with tab(browser) as opened:
            opened.open(where, HEADS)
            data, drawn = (
                float(opened.page.evaluate(f"dawn.mark('dawn-attention-{name}')"))
                for name in ("data", "drawn")
            )
            paint.append(drawn - data)
            opened.idle()
            detail = opened.page.locator(".detail")
            detail.scroll_into_view_if_needed()
            box = detail.bounding_box()
            assert box
            top = max(box["y"], 0) + 220  # the matrix is taller than the window
            for place in range(3):
                opened.expect(DRAWN)
                opened.page.mouse.move(box["x"] + 80 + 60 * place, top + 40 * place)
                hover.append(float(opened.found()[0]))
            more = opened.page.locator(".more summary")
            for what, control in SETTINGS.items():
                inside = opened.page.locator(f".panel {control}").count()
                if inside:
                    more.click()
                opened.expect(DRAWN)
                opened.page.locator(control).locator("xpath=..").click()
                taken[what].append(float(opened.found()[0]))
                if inside:
                    more.click()
    yield Row("all heads, 12 x 12 x 64, arrived -> painted", None, paint)
    yield Row("12 x 12 x 64, hover", None, hover)
    for what, values in taken.items():
        yield Row(f"12 x 12 x 64, {what}", None, values)
