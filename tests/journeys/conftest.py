"""Journeys: a small model in the served app, and pages that are watched from their first byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import pytest
import torch

from transformer.bundle import Bundle, save_bundle
from transformer.config import ModelConfig
from transformer.model import Transformer
from transformer.tokenizer import EOS, train_bpe

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, WebError

MODEL = "probe"
SENTENCE = "the red car is in front of the small house"
TEXTS = [
    SENTENCE,
    "la macchina rossa è davanti alla piccola casa",
    "edmund closed his banking account",
    "a small dog reads the news",
]
SPEECHLESS = {"training", "vision"}  # pages without a sentence
LOCAL_HOSTS = {"127.0.0.1", "localhost"}
# Below another path than / the browser asks for these there first, and then at /.
PROBED = ("/_stcore/health", "/_stcore/host-config")
# Streamlit says so at the first deep link after a start, then opens the page all the same.
FALSE_ALARM = "The page that you have requested does not seem to exist."
SECONDS = 60  # a busy machine is slow, not wrong


@pytest.fixture(scope="session")
def probe(app_runs: Path) -> Path:
    """The bundle behind `?model=probe`: 3 + 2 layers of 4 heads, random weights, sharp attention.

    Its layers differ in number, so that an encoder's does not pass for a decoder's.
    """
    tokenizer = train_bpe(TEXTS * 2, 400)
    torch.manual_seed(11)
    config = ModelConfig(
        src_vocab=len(tokenizer),
        tgt_vocab=len(tokenizer),
        encoder_layers=3,
        decoder_layers=2,
        d_model=32,
        d_ff=64,
        heads=4,
        tie_embeddings=False,
        max_tokens=128,
    )
    model = Transformer(config).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith(("w_q.weight", "w_k.weight")):
                weight.mul_(3.0)  # weights of attention far from equal, as a trained model has them
        model.output.weight[EOS].mul_(4.0)  # so that its translations come to an end
    folder = app_runs / MODEL / "export"
    save_bundle(folder, Bundle(model, tokenizer, tokenizer, ("en", "it"), {"title": "Probe"}))
    return folder


@dataclass
class Journey:
    """Opens pages of one server and keeps what must never happen on them."""

    server: str
    new_context: Callable[..., BrowserContext]
    wrong: list[str] = field(default_factory=list)

    def open(
        self, path: str = "", *, scheme: str = "light", width: int = 1440, **look: Any
    ) -> Page:
        """A page of the probe (or of `model=`) in a context of its own, drawn."""
        context = self.new_context(color_scheme=scheme, width=width)
        self.watch(context)
        return self.visit(context.new_page(), self.address(path, **look))

    def address(self, path: str = "", **look: Any) -> str:
        query = {"model": MODEL, "src": SENTENCE} | look
        return f"{self.server}/{path}?{urlencode(query)}"

    def visit(self, page: Page, address: str) -> Page:
        page.goto(address)
        self.settle(page)
        return page

    def settle(self, page: Page) -> None:
        """Wait until the server has nothing more to say and every view has drawn."""
        page.get_by_test_id("stMain").locator("h1").first.wait_for()
        page.locator(".stApp[data-test-script-state=notRunning]").wait_for()
        if urlsplit(page.url).path.strip("/") not in SPEECHLESS:  # a key too early would be lost
            page.locator(".sentence[data-drawn]").wait_for(state="attached")

    def say(self, page: Page, text: str) -> None:
        """Type a sentence and commit it."""
        box = page.locator(".sentence textarea")
        box.fill(text)
        box.press("Enter")

    def watch(self, context: BrowserContext) -> None:
        def told(message: ConsoleMessage) -> None:
            known = message.location["url"].endswith(PROBED) or FALSE_ALARM in message.text
            if message.type == "error" and not known:
                self.wrong.append(f"console: {message.text} ({message.location})")

        def asked(dialog: Dialog) -> None:
            self.wrong.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        def thrown(error: WebError) -> None:
            self.wrong.append(f"uncaught: {error.error}")

        def left(url: str) -> None:
            parts = urlsplit(url)
            if parts.scheme not in ("data", "blob") and parts.hostname not in LOCAL_HOSTS:
                self.wrong.append(f"left this machine: {url}")

        context.set_default_timeout(SECONDS * 1000)
        context.on("console", told)
        context.on("dialog", asked)
        context.on("weberror", thrown)
        context.on("request", lambda request: left(request.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: left(socket.url)))


@pytest.fixture
def journey(
    probe: Path, app_server: str, page_context: Callable[..., BrowserContext]
) -> Iterator[Journey]:
    """The served app, watched: no error, no dialog, no request to another machine."""
    from playwright.sync_api import expect

    expect.set_options(timeout=SECONDS * 1000)
    found = Journey(app_server, page_context)
    yield found
    assert found.wrong == []
