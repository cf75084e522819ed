"""Many at once on the attention page: what a session holds, and what it costs whoever types there.

A session here is the websocket of a tab, as in viewers.py; the one that is timed is a browser's.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from bench.browser import tab
from bench.pages import SENTENCE, heads_typed
from bench.report import Row
from bench.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SESSIONS = 20
EVERY = 2.0  # seconds between two sentences of a session that types
GIVE_UP = 120.0


def sessions(browser: Browser, server: Server, model: str, rounds: int) -> Iterator[Row]:
    """A key typed -> all heads painted: alone, beside 19 that look, beside 19 that type."""
    yield replace(_typed(browser, server, model, rounds), what="key typed -> heads, 1 session")
    others = SESSIONS - 1
    before = server.memory()
    with Crowd(server, model, others) as crowd:
        held = (server.memory() - before) / others / 2**20
        yield Row("memory of a session on the attention page", None, [held], unit="MB")
        looking = _typed(browser, server, model, rounds)
        yield replace(looking, what=f"key typed -> heads, {others} more that look")
        crowd.types.set()
        typing = _typed(browser, server, model, rounds)
        what = f"key typed -> heads, {others} more that type every {EVERY:g} s"
        yield replace(typing, what=what, budget=None)


def _typed(browser: Browser, server: Server, model: str, rounds: int) -> Row:
    with tab(browser) as opened:
        return heads_typed(opened, server, model, rounds)


class Crowd:
    """Sessions that have all been shown the page, each with a sentence of its own, in a thread.

    Once `types` is set, each asks for another sentence every `EVERY` seconds.
    """

    def __init__(self, server: Server, model: str, size: int) -> None:
        self.address = server.url.replace("http", "ws", 1) + "/_stcore/stream"
        self.model, self.size = model, size
        self.types = threading.Event()
        self._shown = threading.Semaphore(0)
        self._over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._all()))

    def __enter__(self) -> Crowd:
        self._thread.start()
        for _ in range(self.size):
            if not self._shown.acquire(timeout=GIVE_UP):
                self._leave()
                raise SystemExit(f"The page was not shown to {self.size} sessions in {GIVE_UP} s.")
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()

    def _leave(self) -> None:
        self._over.set()
        self._thread.join()

    async def _all(self) -> None:
        tasks = [asyncio.create_task(self._session(number)) for number in range(self.size)]
        while not self._over.is_set():
            await asyncio.sleep(0.1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _session(self, number: int) -> None:
        async with connect(self.address, max_size=None) as socket:
            await self._ask(socket, number, 0)
            turn = 0
            async for frame in socket:
                if ForwardMsg.FromString(frame).WhichOneof("type") != "script_finished":
                    continue
                if not turn:
                    self._shown.release()
                while not self.types.is_set():
                    await asyncio.sleep(0.1)
                await asyncio.sleep(EVERY)
                turn += 1
                await self._ask(socket, number, turn)

    async def _ask(self, socket: ClientConnection, number: int, turn: int) -> None:
        message = BackMsg()
        look = {"model": self.model, "src": f"{number} {turn} {SENTENCE}"}
        message.rerun_script.query_string = urlencode(look)
        message.rerun_script.page_name = "attention"
        await socket.send(message.SerializeToString())
