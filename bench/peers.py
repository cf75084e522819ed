"""Dawn's attention view beside bertviz's, on the same attention, in turn, in one browser.

The clock stops where the page's own work on a frame ends: what the compositor rasters after that is
in no figure, neither for a canvas nor for thousands of lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from bench import touch
from bench.bertviz_views import View, scripts, smallest, views
from bench.browser import Tab, tab
from bench.bundles import BIG, TOKENS, sentence_of
from bench.pages import SENTENCE, address
from bench.report import Row
from bench.server import Server
from pages.ui.catalogue import find_model
from pages.ui.models import explain, load

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

Figures = dict[str, list[float]]

SVG = "SVG elements"
UNITS = {
    "payload": "KB",
    "files loaded besides": "KB",
    "elements in the page": "",
    SVG: "",
    "arrived -> painted": "ms",
    "hover": "ms",
}
PAGE = "http://bertviz.test/"
DRAWN = "dawn.find('.view:not([data-drawn=\"0\"])')"
AT_REST = "dawn.find('.words li')"  # the rows in words, written once all is drawn
REDRAWN = "(({ dataset }, was = dataset.drawn) => dawn.moved(() => dataset.drawn !== was))"
FILES = (
    "performance.getEntriesByType('resource').reduce((sum, file) => sum + file.decodedBodySize, 0)"
)
MOVES = 4  # of the pointer in each tab; the first one warms up


def side_by_side(browser: Browser, server: Server, model: str, rounds: int) -> Iterator[Row]:
    """A model on a sentence and its own translation, then as many heads as the budget is for."""
    text = sentence_of(load(find_model(model)).src_tokenizer, SENTENCE, touch.TOKENS - 1)
    yield from _one_attention(browser, server, {"model": model, "src": text}, rounds)
    text = sentence_of(load(find_model(BIG)).src_tokenizer, SENTENCE, TOKENS - 1)
    yield from _one_attention(browser, server, {"model": BIG, "src": text, "tgt": text}, rounds)


def _one_attention(
    browser: Browser, server: Server, look: dict[str, str], rounds: int
) -> Iterator[Row]:
    """Every figure of every tool. They take turns, so that none has the machine's best minute."""
    explained = explain(find_model(look["model"]), look["src"], look.get("tgt"))
    layers, heads, tokens, _ = explained.attention()["encoder"].shape
    where = address(server, "attention", **look, kind="encoder")  # which bertviz opens with
    tools: dict[str, Callable[[Tab], Figures]] = {"Dawn": partial(_dawn, where)}
    tools |= {f"bertviz {view.name}": partial(_bertviz, view) for view in views(explained)}
    taken: dict[str, Figures] = {name: {what: [] for what in UNITS} for name in tools}
    for place in range(rounds + 1):
        for name, measure in tools.items():
            with tab(browser) as opened:
                figures = measure(opened)
            for what, values in figures.items():
                taken[name][what] += values if place else []
    for what, unit in UNITS.items():
        own = median(taken["Dawn"][what])
        for name in tools:
            label = f"{name}, {layers} x {heads} x {tokens}, {what}"
            beside = None if name == "Dawn" or what == SVG else own
            yield Row(label, None, taken[name][what], unit=unit, beside=beside)


def _dawn(where: str, opened: Tab) -> Figures:
    """The message with all heads, and its way from the component to the paint."""
    page = opened.page
    page.goto(where, wait_until="commit")
    painted = opened.until(DRAWN)
    arrived = page.evaluate("performance.timeOrigin + dawn.mark('dawn-attention-data')")
    opened.idle()
    opened.until(AT_REST)
    figures = {
        "payload": [page.evaluate("dawn.largest().size") / 1000],
        "files loaded besides": [page.evaluate(FILES) / 1000],
        "arrived -> painted": [painted - arrived],
    }
    figures |= _elements(opened)
    detail = page.locator(".detail")
    detail.scroll_into_view_if_needed()
    box = detail.bounding_box()
    assert box
    hover = []
    for place in range(MOVES):
        opened.expect(f"{REDRAWN}(dawn.find('.view'))")
        page.mouse.move(box["x"] + 80 + 45 * place, box["y"] + 110 + 40 * place)
        hover.append(float(opened.found()))
    return figures | {"hover": hover[1:]}


def _bertviz(view: View, opened: Tab) -> Figures:
    """Its html, put into a page that has the scripts already, as a notebook does."""
    served = scripts()
    _open_smallest(opened, served)
    opened.page.evaluate("html => { dawn.html = html }", view.html.partition("</script>")[2])
    figures = {
        "payload": [len(view.html.encode()) / 1000],
        "files loaded besides": [sum(map(len, served.values())) / 1000],
        "arrived -> painted": [float(opened.page.evaluate("dawn.shown(dawn.html, '#vis svg')"))],
    }
    figures |= _elements(opened)
    return figures | {"hover": _rows_pointed_at(view, opened)[1:]}


def _open_smallest(opened: Tab, served: dict[str, bytes]) -> None:
    """A page in which bertviz has shown something; it gets these scripts and nothing else."""
    first = smallest()

    def answer(route: Route) -> None:
        url = route.request.url
        found = next((body for end, body in served.items() if url.endswith(end)), None)
        if url == PAGE:
            route.fulfill(body=first, content_type="text/html; charset=utf-8")
        elif found:
            route.fulfill(body=found, content_type="text/javascript")
        else:
            route.abort()

    opened.page.route("**/*", answer)
    opened.page.goto(PAGE)
    opened.until("dawn.find('#vis svg')")


def _rows_pointed_at(view: View, opened: Tab) -> list[float]:
    page = opened.page
    if view.opened_by:
        page.locator(view.opened_by).click(force=True)  # what takes the click lies above it
    rows = page.locator(view.lit).count()
    hover = []
    for row in range(1, 1 + MOVES):
        box = page.locator(view.tokens).nth(row).bounding_box()
        assert box
        wanted = ",".join(str(int(place == row)) for place in range(rows))
        opened.expect(f"dawn.moved(() => dawn.opacities('{view.lit}').join() === '{wanted}')")
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        hover.append(float(opened.found()))
    return hover


def _elements(opened: Tab) -> Figures:
    below, is_svg = "dawn.below(document)", "(node) => node instanceof SVGElement"
    return {
        "elements in the page": [float(opened.page.evaluate(f"{below}.length"))],
        SVG: [float(opened.page.evaluate(f"{below}.filter({is_svg}).length"))],
    }
