"""The pages behind attention: opening them, asking their models, and what the browser answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from bench.browser import SETTLED, Tab, tab
from bench.pages import SENTENCE, TYPED, address
from bench.report import Row
from bench.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

VIEWS = {
    "machines": ".machines",
    "channels": ".groups",
    "vision": ".patches",
    "gradcam": ".gradcam",
}
NEXT = {  # what the browser answers by itself: where Tab leads, two keys that go there and back
    "machines": (".pieces", "a word", ("ArrowRight", "ArrowLeft")),
    "channels": (".cuts [aria-checked=true]", "groups", ("ArrowRight", "ArrowLeft")),
    "vision": (".heads", "a head", ("ArrowRight", "ArrowLeft")),
    "gradcam": (".layers [aria-checked=true]", "a layer", ("ArrowLeft", "ArrowRight")),
}
FRAME = """dawn.limited('a key', (done) => addEventListener('keydown', ({ timeStamp }) =>
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - timeStamp))),
  { capture: true, once: true }))"""


def drawn(view: str) -> str:
    """A page whose view has been drawn, and whose server says no more."""
    return f"dawn.find('{view}:not([data-drawn=\"0\"])') && {SETTLED}"


def behind(browser: Browser, server: Server, rounds: int) -> Iterator[Row]:
    """Each page opened warm, asked once a round, and a key that needs no server."""
    for page, view in VIEWS.items():
        opening = []
        for place in range(rounds + 1):
            with tab(browser) as opened:
                taken = opened.open(address(server, page, src=SENTENCE), drawn(view))
                opening += [taken] if place else []
        yield Row(f"/{page}, opened warm -> painted", None, opening)
    asked = {
        "machines": (typed, "a key typed -> all three machines"),
        "vision": (patch_pressed, "a patch hidden -> painted in"),
        "gradcam": (another_scene, "another scene -> all layers"),
    }
    for page, (ask, what) in asked.items():
        with tab(browser) as opened:
            opened.open(address(server, page, src=SENTENCE), drawn(VIEWS[page]))
            yield Row(f"/{page}, {what}", None, ask(opened, rounds))
    for page, (focus, what, keys) in NEXT.items():
        with tab(browser) as opened:
            opened.open(address(server, page, src=SENTENCE), drawn(VIEWS[page]))
            yield from in_the_browser(opened, page, focus, what, keys, rounds)


def typed(opened: Tab, rounds: int) -> list[float]:
    """A letter in the sentence box -> the machines' answers."""
    opened.page.locator(".sentence textarea").press("End")
    letters = [letter for letter in TYPED if letter != " "]

    def press(place: int) -> None:
        opened.page.keyboard.type(letters[place])

    return answered(opened, ".machines", press, rounds)


def patch_pressed(opened: Tab, rounds: int) -> list[float]:
    """Enter on a patch -> the picture painted in without it; then the next patch."""
    opened.page.locator(".picture").focus()

    def press(place: int) -> None:
        opened.page.keyboard.press("ArrowRight")
        opened.page.keyboard.press("Enter")

    return answered(opened, ".patches", press, min(rounds, 5))


def another_scene(opened: Tab, rounds: int) -> list[float]:
    """One more in the field of the scene's number -> every layer of both queries."""
    more = opened.page.get_by_test_id("stNumberInputStepUp").first
    return answered(opened, ".gradcam", lambda place: more.click(), rounds)


def answered(opened: Tab, view: str, ask: Callable[[int], None], rounds: int) -> list[float]:
    """From each asking to the paint of its answer; the first is not counted."""
    values = []
    for place in range(rounds + 1):
        opened.idle()
        opened.expect(f"dawn.drawn('{view}')")
        ask(place)
        values += [float(opened.found())] if place else []
    return values


def in_the_browser(
    opened: Tab, page: str, focus: str, what: str, keys: tuple[str, str], rounds: int
) -> Iterator[Row]:
    """A key -> the frame after it, and what has gone to the server meanwhile."""
    opened.idle()
    opened.page.locator(focus).first.focus()
    opened.idle()
    before, values = len(opened.sent), []
    for turn in range(rounds + 1):
        opened.expect(FRAME)
        opened.page.keyboard.press(keys[turn % 2])
        values += [float(opened.found())] if turn else []
    yield Row(f"/{page}, change of {what}", 16, values)
    yield Row(
        f"/{page}, messages to the server for these", 0, [float(len(opened.sent) - before)], unit=""
    )
