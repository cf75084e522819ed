"""What all tests share: a runs folder of their own, a browser, and the app served once."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import hypothesis
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Playwright

hypothesis.settings.register_profile("alike", derandomize=True)  # the same texts in every run
hypothesis.settings.load_profile("alike")

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Each context is a window, and the pages of its address bar cost more than most journeys.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup",
]
INSTALL_SECONDS = 90
START_SECONDS = 60
PATIENCE = 60.0  # seconds that a page may take on a machine that is busy with other work


@pytest.fixture(scope="session", autouse=True)
def runs_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test writes into the runs/ of the person who calls it."""
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAWN_RUNS", str(folder))
        yield folder


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runs folder of the test's own, not made yet, and beside it no run that ships."""
    folder = tmp_path / "runs"
    monkeypatch.setenv("DAWN_RUNS", str(folder))
    monkeypatch.setattr("trainer.folder.SHIPPED", tmp_path / "no runs")
    return folder


def no_browser(reason: str) -> NoReturn:
    """Browser tests did not run: say so by name, and fail where a browser is expected."""
    if os.environ.get("CI"):
        pytest.fail(f"CI needs a browser: {reason}", pytrace=False)
    pytest.skip(f"did not run, no browser: {reason}")


def installed_by_playwright(playwright: Playwright) -> str | None:
    """Playwright's own Chromium, fetched now if that can be done in a short time."""
    own = Path(playwright.chromium.executable_path)
    if not own.exists():
        command = [sys.executable, "-m", "playwright", "install", "chromium"]
        try:
            subprocess.run(command, capture_output=True, timeout=INSTALL_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return None
    return str(own) if own.exists() else None


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        no_browser("playwright is not installed (requirements-dev.txt)")
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium_path(playwright_driver: Playwright) -> str:
    """DAWN_CHROMIUM, else the system's, else Playwright's own."""
    if named := os.environ.get("DAWN_CHROMIUM"):
        return shutil.which(named) or no_browser(f"DAWN_CHROMIUM={named} is no program")
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    found = found or installed_by_playwright(playwright_driver)
    return found or no_browser("install chromium, or name one in DAWN_CHROMIUM")


@pytest.fixture(scope="session")
def browser(playwright_driver: Playwright, chromium_path: str) -> Iterator[Browser]:
    """One Chromium for the whole test run; each test takes a new context of it."""
    from playwright.sync_api import Error

    try:
        chromium = playwright_driver.chromium.launch(
            executable_path=chromium_path, args=CHROMIUM_FLAGS
        )
    except Error as error:
        no_browser(f"{chromium_path} does not start: {str(error).splitlines()[0]}")
    yield chromium
    chromium.close()


@pytest.fixture
def page_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """`page_context(color_scheme="dark", width=390, ...)`: a fresh context, closed after the test.

    Further keyword arguments go to `Browser.new_context`.
    """
    from playwright.sync_api import expect

    expect.set_options(timeout=PATIENCE * 1000)
    opened: list[BrowserContext] = []

    def open_context(
        color_scheme: str = "light", width: int = 1440, height: int = 900, **options: Any
    ) -> BrowserContext:
        options |= {"color_scheme": color_scheme, "viewport": {"width": width, "height": height}}
        opened.append(browser.new_context(**options))
        opened[-1].set_default_timeout(PATIENCE * 1000)
        return opened[-1]

    yield open_context
    for context in opened:
        context.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    tail = log.read_text(errors="replace")[-2000:]
    pytest.fail(f"the app did not start (exit status {server.poll()}):\n{tail}", pytrace=False)


def end_server(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(timeout=5)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


@pytest.fixture(scope="session")
def app_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runs folder of the served app."""
    return tmp_path_factory.mktemp("app-runs")


@contextmanager
def serve(runs: Path, log: Path) -> Iterator[str]:
    """`streamlit run app.py` as a process of its own; gives its address once it is healthy."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"DAWN_RUNS": str(runs)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until_healthy(url := f"http://127.0.0.1:{port}", server, log)
        yield url
    finally:
        end_server(server)


@pytest.fixture(scope="session")
def app_server(tmp_path_factory: pytest.TempPathFactory, app_runs: Path) -> Iterator[str]:
    """The address of `streamlit run app.py`, served once for the whole test run."""
    with serve(app_runs, tmp_path_factory.mktemp("app") / "log.txt") as url:
        yield url
    # Runs outlive the app on purpose: ask those that a test left behind to stop.
    for control in app_runs.glob("*/control"):
        (control / "stop").touch()


@pytest.fixture
def cold_server(tmp_path: Path, app_runs: Path) -> Iterator[str]:
    """The address of a server that nobody has asked for a page yet."""
    with serve(app_runs, tmp_path / "log.txt") as url:
        yield url
