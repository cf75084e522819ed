"""Viewers of a live run: what each browser asks of the server, without the browsers.

A session here is the websocket of a tab on the training page: it opens the page, then asks for the
panel again at the interval that the server names, as Streamlit's own script in a browser does. All
of them open it at once and so ask in the same moments: a round is as long as the longest interval,
or half of the rounds would measure nothing. On a machine that is busy a refresh is overtaken by the
next: then the share says little, and the second row shows it, by too few refreshes.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from bench.report import Row
from bench.server import Server
from bench.training import NOTHING, POINTS, SLEEPER, log_step
from trainer.events import EventWriter
from trainer.launch import launch
from trainer.records import read_record
from trainer.runs import Run

VIEWERS = 20
SETTLE = 5.0  # seconds after all have been shown the run, for the server's warming to end
GIVE_UP = 120.0
ROUND = 4.0  # seconds; the list of runs has the longest interval
STEP_EVERY = 0.3  # seconds between two steps of the run that is watched
FRAGMENT = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY


def live_viewers(server: Server, rounds: int) -> Iterator[Row]:
    """The share of one core that the server takes with 20 tabs on a run that goes on."""
    run = launch(
        {"preset": "bench", "device": "cpu", "steps": 2 * POINTS},
        ["bench"],
        run_id="bench-viewed",
        trainer=SLEEPER,
        exporter=NOTHING,
    )
    writer = EventWriter(run.events, 1)
    writer.phase("training", expect=3600, step=0)
    for step in range(1, POINTS + 1):
        log_step(writer, step)
    try:
        shares, refreshes = asyncio.run(_watched(server, run, writer, rounds))
    finally:
        writer.close()
        if record := read_record(run.process_record(1)):
            os.kill(record["pid"], signal.SIGKILL)
    yield Row(f"{VIEWERS} viewers of a live run, of one core", 20, shares, unit="%")
    yield Row("refreshes of list and panel, a second and viewer", None, refreshes, unit="")


async def _watched(
    server: Server, run: Run, writer: EventWriter, rounds: int
) -> tuple[list[float], list[float]]:
    """Per round: per cent of a core, and panels sent per viewer."""
    sent = [0] * VIEWERS
    address = server.url.replace("http", "ws", 1) + "/_stcore/stream"
    tasks = [asyncio.create_task(_view(address, run.id, sent, n)) for n in range(VIEWERS)]
    tasks.append(asyncio.create_task(_train(writer)))
    shares, refreshes = [], []
    try:
        async with asyncio.timeout(GIVE_UP):
            while min(sent) < 2 and not any(task.done() for task in tasks):
                await asyncio.sleep(0.2)
        await asyncio.sleep(SETTLE)
        for _ in range(rounds):
            began, spent, before = time.monotonic(), server.cpu_seconds(), sum(sent)
            await asyncio.sleep(ROUND)
            seconds = time.monotonic() - began
            shares.append(100 * (server.cpu_seconds() - spent) / seconds)
            refreshes.append((sum(sent) - before) / VIEWERS / seconds)
            for task in tasks:
                if task.done():
                    task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return shares, refreshes


async def _train(writer: EventWriter) -> None:
    step = POINTS
    while True:
        step += 1
        log_step(writer, step)
        await asyncio.sleep(STEP_EVERY)


async def _view(address: str, run_id: str, sent: list[int], number: int) -> None:
    """Open the page of the run; then its fragments, each at its interval."""
    async with connect(address, max_size=None) as socket:
        opened = _ask(run_id)
        await socket.send(opened.SerializeToString())
        timers: dict[str, asyncio.Task[None]] = {}
        try:
            async for frame in socket:
                message = ForwardMsg.FromString(frame)
                kind = message.WhichOneof("type")
                if kind == "navigation":  # the whole page was run: its fragments are new ones
                    while timers:
                        timers.popitem()[1].cancel()
                elif kind == "auto_rerun":
                    name, interval = message.auto_rerun.fragment_id, message.auto_rerun.interval
                    if name not in timers:
                        refresh = _again(socket, run_id, name, interval)
                        timers[name] = asyncio.create_task(refresh)
                elif kind == "script_finished" and message.script_finished == FRAGMENT:
                    sent[number] += 1
        finally:
            for timer in timers.values():
                timer.cancel()


async def _again(socket: ClientConnection, run_id: str, fragment: str, interval: float) -> None:
    while True:
        await asyncio.sleep(interval)
        await socket.send(_ask(run_id, fragment).SerializeToString())


def _ask(run_id: str, fragment: str = "") -> BackMsg:
    message = BackMsg()
    state = message.rerun_script
    state.query_string = urlencode({"run": run_id})
    state.page_name = "training"
    if fragment:
        state.fragment_id = fragment
        state.is_auto_rerun = True
    return message
