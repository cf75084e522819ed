"""`python -m bench`: measure the budgets in a real browser and print a table."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench import (
    behind,
    heads,
    pages,
    panels,
    peers,
    sessions,
    touch,
    training,
    viewers,
    watching,
    words,
)
from bench.bertviz_views import require_bertviz
from bench.browser import chromium, tab
from bench.bundles import write_bundles
from bench.report import Row, print_machine, print_table
from bench.server import serve
from pages.ui.catalogue import list_models

if TYPE_CHECKING:
    from playwright.sync_api import Browser

GROUPS = ("start", "typing", "heads", "panels", "words", "behind", "pages", "sessions", "training")
EXTRA = ("peers",)  # needs more than requirements-dev.txt


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    known = ", ".join(GROUPS + EXTRA)
    told = f"{known}, or all; where none is named, all but {EXTRA[0]}, which is beside bertviz"
    parser.add_argument("groups", nargs="*", metavar="group", help=told)
    parser.add_argument("--rounds", type=int, default=10, help="of each figure (10)")
    parser.add_argument("--model", default="tiny", help="that sentences are typed at (tiny)")
    parser.add_argument("--runs", type=Path, help="a runs folder that holds this model")
    options = parser.parse_args()
    wanted = set(options.groups or GROUPS)
    if "all" in wanted:
        wanted = {*GROUPS, *EXTRA}
    if strangers := wanted - {*GROUPS, *EXTRA}:
        parser.error(f"there is no group {', '.join(strangers)}: choose {known}")
    if options.rounds < 1:
        parser.error("--rounds must be 1 or more")

    if "peers" in wanted:
        require_bertviz()
    print_machine()
    with tempfile.TemporaryDirectory(prefix="dawn-bench-") as folder:
        runs = Path(folder)
        os.environ["DAWN_RUNS"] = folder
        write_bundles(runs)
        if options.runs:
            (runs / options.model).symlink_to((options.runs / options.model).resolve())
        rows = list(_measured(wanted, runs, options.model, options.rounds))
    print_table(rows)


def _measured(wanted: set[str], runs: Path, model: str, rounds: int) -> Iterator[Row]:
    if "training" in wanted:
        yield from _told(training.live_panel(rounds))
        yield from _told(training.killed_runs(rounds))
        yield from _told(watching.watching())
        with serve(runs) as server:
            yield from _told(viewers.live_viewers(server, rounds))
    if not wanted - {"training"}:
        return
    with chromium() as browser:
        if "start" in wanted:
            yield from _told(pages.first_paint(browser, runs, rounds))
        yield from _told(_served(wanted, browser, runs, model, rounds))


def _served(
    wanted: set[str], browser: Browser, runs: Path, model: str, rounds: int
) -> Iterator[Row]:
    """The figures that one warm server gives."""
    known = model in {info.key for info in list_models()}
    typed: list[Callable[..., Row]] = []
    typed += [pages.tokens_typed, pages.heads_typed] if "typing" in wanted else []
    typed += [pages.page_changes] if "pages" in wanted else []
    problem = f"there is no model {model!r}: name one with --model"
    with serve(runs) as server:
        for measure in typed:
            if not known:
                yield Row(measure.__name__, None, problem=problem)
                continue
            with tab(browser) as opened:
                yield measure(opened, server, model, rounds)
        if "heads" in wanted:
            if known:
                yield touch.head_table(model, rounds)
            yield from heads.all_heads(browser, server, rounds)
            with tab(browser) as opened:
                yield from heads.without_the_server(opened, server, rounds)
            yield from heads.many_heads(browser, server, rounds)
        if "panels" in wanted and known:
            yield from panels.panels(browser, server, model, rounds)
        if "words" in wanted and known:
            yield from words.words(browser, server, model, rounds)
        if "behind" in wanted:
            yield from behind.behind(browser, server, rounds)
        if "pages" in wanted:
            yield pages.embedding_map(browser, server, rounds)
            with tab(browser) as opened:
                yield pages.embedding_map_again(opened, server, rounds)
        if "sessions" in wanted and known:
            yield from sessions.sessions(browser, server, model, rounds)
        if "peers" in wanted:
            if known:
                yield from peers.side_by_side(browser, server, model, rounds)
            else:
                yield Row("bertviz", None, problem=problem)


def _told(rows: Iterable[Row]) -> Iterator[Row]:
    """Say what is done while the rest is being measured."""
    for row in rows:
        print(f"  {row.what}", flush=True)
        yield row


if __name__ == "__main__":
    main()
