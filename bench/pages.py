"""What a person waits for in the app: first paint, keys, page changes, the map."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bench.browser import SETTLED, Tab, tab
from bench.bundles import BIG, MAP
from bench.report import Row
from bench.server import Server, serve
from pages.ui.navigation import STOPS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HOME = f"dawn.find('.sentence[data-drawn]') && {SETTLED}"
TOKENS = f"dawn.find('.tokens[data-drawn]') && {SETTLED}"
POINTS = "dawn.find('.map[data-drawn]')"
HEADS = f"dawn.find('.view:not([data-drawn=\"0\"])') && {SETTLED}"
SENTENCE = "The red car is in front of the house and she gave her brother the book he wanted."
TYPED = " We are going to the sea tomorrow, with all the others who would like to come along."
"""One letter a round: no sentence comes twice, so nothing is answered from a cache."""


def address(server: Server, page: str = "", **look: str) -> str:
    return f"{server.url}/{page}?{urlencode(look)}"


def first_paint(browser: Browser, runs: Path, rounds: int) -> Iterator[Row]:
    """Home from a new server process, and from a warm one."""
    cold, started, arrived = [], [], []
    for _ in range(rounds):
        with serve(runs) as server, tab(browser) as opened:
            opened.page.goto(server.url, wait_until="commit")
            painted = opened.until(HOME)
            cold.append(painted - server.began)
            begin = float(opened.page.evaluate("performance.timeOrigin"))
            started.append(begin - server.began)
            arrived.append(float(opened.page.evaluate("dawn.received[0].at")))
    start, files = statistics.median(started), statistics.median(arrived)
    parts = [
        ("server start", start),
        ("Streamlit's own files until its first message", files),
        ("the script's run and the paint", statistics.median(cold) - start - files),
    ]
    yield Row("streamlit run -> first painted page", 2000, cold, parts=parts)
    warm, arrived = [], []
    with serve(runs) as server:
        with tab(browser) as opened:  # warm: torch is imported and a model loaded
            opened.open(address(server, "attention", model=BIG, src=SENTENCE), HEADS)
        for place in range(rounds + 1):
            with tab(browser) as opened:
                taken = opened.open(server.url, HOME)
                files = float(opened.page.evaluate("dawn.received[0].at"))
                warm += [taken] if place else []
                arrived += [files] if place else []
    files = statistics.median(arrived)
    parts = [
        ("Streamlit's own files until its first message", files),
        ("the script's run and the paint", statistics.median(warm) - files),
    ]
    yield Row("first painted page, warm server", 700, warm, parts=parts)


def tokens_typed(opened: Tab, server: Server, model: str, rounds: int) -> Row:
    """A key in the sentence box of /tokens -> its pieces painted."""
    opened.open(address(server, "tokens", model=model, src=SENTENCE), TOKENS)
    values = []
    opened.page.locator(".sentence textarea").press("End")
    for place, letter in enumerate(TYPED[: rounds + 2]):
        opened.idle()
        opened.expect("dawn.drawn('.tokens')")
        opened.page.keyboard.type(letter)
        taken = float(opened.found())
        if place > 1 and letter != " ":  # the first two keys warm up; a last space adds no piece
            values.append(taken)
    return Row("key typed -> tokens painted", 100, values)


def heads_typed(opened: Tab, server: Server, model: str, rounds: int) -> Row:
    """A key in the sentence box of /attention -> translation and all heads painted."""
    opened.open(address(server, "attention", model=model, src=SENTENCE), HEADS)
    whole, sent = [], []
    opened.page.locator(".sentence textarea").press("End")
    for letter in TYPED[: rounds + 2]:
        opened.idle()
        opened.expect("dawn.marks('dawn-attention-data', 'dawn-attention-drawn')")
        opened.page.keyboard.type(letter)
        data, drawn = opened.found()
        sent.append(data)
        whole.append(drawn)
    whole, sent = whole[2:], sent[2:]
    browser_side = [a - b for a, b in zip(whole, sent, strict=True)]
    parts = [
        ("key -> data in the browser (server)", statistics.median(sent)),
        ("data -> painted (browser)", statistics.median(browser_side)),
    ]
    return Row(f"key typed -> translation, all heads ({model})", 250, whole, parts=parts)


def page_changes(opened: Tab, server: Server, model: str, rounds: int) -> Row:
    """A click in the menu -> the other page painted, every page visited before."""
    opened.open(address(server, model=model, src=SENTENCE), HOME)
    taken: dict[str, list[float]] = {stop.title: [] for stop in STOPS}
    for turn in range(1 + -(-rounds // len(STOPS))):
        for stop in [*STOPS[1:], STOPS[0]]:
            opened.page.evaluate(
                "() => { dawn.old = dawn.find('[data-testid=stMain] h1').textContent }"
            )
            menu = opened.page.get_by_test_id("stSidebar")
            menu.get_by_role("link", name=stop.title).click()
            painted = opened.until(
                f"location.pathname === '/{stop.url}' && {SETTLED} && "
                "dawn.find('[data-testid=stMain] h1').textContent !== dawn.old"
            )
            clicked = float(opened.page.evaluate("performance.timeOrigin + dawn.clicked"))
            if turn:
                taken[stop.title].append(painted - clicked)
    every = [value for values in taken.values() for value in values]
    parts = [(title, statistics.median(values)) for title, values in taken.items()]
    return Row("page change, warm", 300, every, parts=parts)


def embedding_map(browser: Browser, server: Server, rounds: int) -> Row:
    """The points of a vocabulary of 10,000 in a new tab, where Streamlit's own page is drawn for
    the first time as well: message arrived -> painted."""
    values, before, own = [], [], []
    for place in range(rounds + 1):
        with tab(browser) as opened:
            where = address(server, "embeddings", model=MAP, src=SENTENCE)
            painted = opened.open(where, POINTS)
            arrived = float(opened.page.evaluate("dawn.largest().at"))
            given = float(opened.page.evaluate("dawn.mark('dawn-map-data')"))
            values += [painted - arrived] if place else []
            before += [given - arrived] if place else []
            own += [painted - given] if place else []
    parts = [
        ("Streamlit's own elements, until the map has its data", statistics.median(before)),
        ("the map, until it is painted", statistics.median(own)),
    ]
    return Row("embedding map in a new tab, arrived -> painted", 300, values, parts=parts)


def embedding_map_again(opened: Tab, server: Server, rounds: int) -> Row:
    """The same points where the page is opened from another one: click -> painted."""
    opened.open(address(server, "tokens", model=MAP, src=SENTENCE), TOKENS)
    menu = opened.page.get_by_test_id("stSidebar")
    values = []
    for place in range(rounds + 1):
        menu.get_by_role("link", name="Embeddings").click()
        painted = opened.until(POINTS)
        clicked = float(opened.page.evaluate("performance.timeOrigin + dawn.clicked"))
        values += [painted - clicked] if place else []
        opened.idle()
        menu.get_by_role("link", name="Tokens").click()
        opened.until(TOKENS)
    return Row("embedding map from another page, clicked -> painted", 300, values)
