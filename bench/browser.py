"""Chromium, and the clock inside the page: no Playwright round trip is part of a figure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Each tab is a window of its own here, and the pages of its address bar would be part of what
    # is measured: a quarter of a second of scripts that no window that is open loads again.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup",
]
SECONDS = 60
CLOCK = Path(__file__).with_name("clock.js")


@contextmanager
def chromium() -> Iterator[Browser]:
    """DAWN_CHROMIUM, the system's, or Playwright's own. Raises SystemExit where there is none."""
    from playwright.sync_api import Error, sync_playwright

    named = [name for name in (os.environ.get("DAWN_CHROMIUM"), *NAMES) if name]
    path = next(filter(None, map(shutil.which, named)), None)
    with sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        except Error as error:
            raise SystemExit(
                f"The bench needs a browser ({str(error).splitlines()[0]}): install chromium, or "
                "name one in DAWN_CHROMIUM."
            ) from error
        yield browser
        browser.close()


@dataclass
class Tab:
    """A page with bench/clock.js in it, in a context of its own."""

    page: Page
    sent: list[int] = field(default_factory=list)
    """Sizes in bytes of what the browser has sent to the server."""

    def until(self, condition: str) -> float:
        """Milliseconds since 1970 when the page was painted with `condition` true."""
        return float(self.page.evaluate(f"dawn.until(() => {condition})"))

    def open(self, address: str, condition: str) -> float:
        """Go there; milliseconds from the navigation's start to the paint that fulfils it."""
        self.page.goto(address, wait_until="commit")
        return self.until(condition) - float(self.page.evaluate("performance.timeOrigin"))

    def idle(self) -> None:
        """Wait until the server has nothing more to say."""
        self.until(SETTLED)

    def expect(self, promise: str) -> None:
        """Begin to wait for a promise of the page; `found` gives what it resolves to."""
        self.page.evaluate(f"() => {{ window.awaited = {promise} }}")

    def found(self) -> Any:
        return self.page.evaluate("window.awaited")


SETTLED = "dawn.find('.stApp[data-test-script-state=notRunning] h1')"


@contextmanager
def tab(browser: Browser) -> Iterator[Tab]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(SECONDS * 1000)
    context.add_init_script(path=CLOCK)
    opened = Tab(context.new_page())

    def note(payload: str | bytes) -> None:
        opened.sent.append(len(payload))

    opened.page.on("websocket", lambda socket: socket.on("framesent", note))
    yield opened
    context.close()
