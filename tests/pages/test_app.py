"""The app as a whole: the router, home alone, what they import, the sentence in a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.navigation import STOPS, Stop
from trainer.folder import Run
from trainer.notes import Notes, write_notes

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

ROOT = Path(__file__).resolve().parents[2]
# plotly is not among them: `import streamlit` itself brings it where it is installed.
HEAVY = ("torch", "umap", "sklearn", "pytorch_lightning", "pandas", "pyarrow")


@pytest.mark.parametrize("file", ["app.py", "pages/start/home.py"])
def test_home_draws_through_the_router_and_alone(file: str) -> None:
    at = AppTest.from_file(str(ROOT / file), default_timeout=60).run()
    assert not at.exception
    assert at.title[0].value.startswith("See a Transformer think.")
    assert at.get("bidi_component")


def test_a_bad_link_is_answered_in_plain_text() -> None:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.query_params["kind"] = "**<b>x</b>**"
    at.run()
    assert not at.exception
    assert r"\*\*\<b\>x\<\/b\>\*\*" in at.info[0].value.replace("\u2060", "")


def test_several_bad_values_are_one_notice_that_lists_them() -> None:
    at = AppTest.from_file(str(ROOT / "pages/model/attention.py"), default_timeout=60)
    for name, value in {"kind": "*odd*", "layer": "99", "head": "x", "step": "7"}.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    (told,) = [element.value.replace("\u2060", "") for element in at.info]
    assert told.count("\n- ") == 4
    assert all(word in told for word in (r"\*odd\*", "layer 99", "head “x”", "step 7"))


def test_models_are_called_as_their_runs_are_and_told_apart(dawn_runs: Path) -> None:
    for run_id, name in {"second": "", "third": "Warm", "fourth": "Warm"}.items():
        shutil.copytree(dawn_runs / "toy", dawn_runs / run_id)
        write_notes(Run(dawn_runs / run_id), Notes(name))
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.query_params["model"] = "toy"
    at.run().run()
    choice = at.selectbox(key="model-choice")
    assert {"toy", "second", "third (Warm)", "fourth (Warm)"} < set(choice.options)
    assert choice.value == "toy"


def failing() -> None:
    from streamlit.error_util import handle_user_script_exception

    from app import own_up

    try:
        raise KeyError("/home/ada/secret")
    except KeyError as error:
        handle_user_script_exception(error, own_up)


def test_an_error_of_our_own_is_a_sentence_and_no_traceback() -> None:
    at = AppTest.from_function(failing, default_timeout=60).run()
    assert not at.exception
    (said,) = [element.value for element in at.error]
    assert "KeyError" in said
    assert "ada" not in said


def test_every_stop_has_a_file_one_folder_deep_and_its_own_address() -> None:
    for stop in STOPS:
        assert (ROOT / stop.path).is_file()
        assert len(Path(stop.path).parts) == 3
    assert len({stop.url for stop in STOPS}) == len(STOPS)
    assert [stop.path for stop in STOPS if not stop.url] == ["pages/start/home.py"]


def test_home_paints_without_the_heavy_packages() -> None:
    script = (
        "import sys; from streamlit.testing.v1 import AppTest;"
        "at = AppTest.from_file('app.py', default_timeout=60).run(); assert not at.exception;"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def sentence(page: Page) -> str:
    page.locator(".sentence[data-drawn]").wait_for()
    return page.locator(".sentence textarea").input_value()


def history(page: Page) -> int:
    return int(page.evaluate("history.length"))


@pytest.mark.browser
@pytest.mark.slow
def test_typing_is_live_and_each_commit_is_one_step_back(
    page_context: Callable[..., BrowserContext], app_server: str
) -> None:
    page = page_context().new_page()
    page.goto(app_server)
    assert sentence(page) == "edmund closed his banking account"
    start = history(page)
    box = page.locator(".sentence textarea")
    box.fill("")
    box.press_sequentially("the sun rises")
    box.press("Enter")
    page.wait_for_url("**/?src=the+sun+rises")
    page.get_by_role("button", name="The red car is in front of the house.").click()
    page.wait_for_url("**/?src=The+red+car*")
    assert history(page) == start + 2
    at_rest(page)
    page.go_back()
    expect_sentence(page, "the sun rises")
    at_rest(page)
    page.go_back()
    expect_sentence(page, "edmund closed his banking account")
    page.go_forward()
    expect_sentence(page, "the sun rises")
    page.reload()
    expect_sentence(page, "the sun rises")


def at_rest(page: Page) -> None:
    """A person goes back from a page that they have seen."""
    page.wait_for_selector('[data-test-script-state="notRunning"]')


def expect_sentence(page: Page, text: str) -> None:
    from playwright.sync_api import expect

    expect(page.locator(".sentence textarea")).to_have_value(text)


@pytest.mark.browser
@pytest.mark.slow
def test_any_text_comes_back_from_a_copied_address(
    page_context: Callable[..., BrowserContext], app_server: str
) -> None:
    typed = "<script>document.title='hit'</script> **b** 👩‍👩‍👧 مرحبا & a=b#c?d %20 e\u0301"
    context = page_context()
    page = context.new_page()
    page.goto(app_server)
    assert sentence(page)
    page.locator(".sentence textarea").fill(typed)
    page.locator(".sentence textarea").press("Enter")
    page.wait_for_url("**/?src=*")
    copy = context.new_page()
    copy.goto(page.url)
    expect_sentence(copy, typed)
    assert copy.title() != "hit"


@pytest.mark.browser
@pytest.mark.slow
def test_a_long_paste_is_limited_and_says_so(
    page_context: Callable[..., BrowserContext], app_server: str
) -> None:
    page = page_context().new_page()
    page.goto(app_server)
    assert sentence(page)
    page.locator(".sentence textarea").fill("x" * 5000)
    assert len(page.locator(".sentence textarea").input_value()) == 1000
    assert page.locator(".sentence .note").inner_text() == (
        "That has 5,000 characters; the first 1,000 are kept."
    )


@pytest.mark.browser
def test_nothing_is_fetched_from_elsewhere(
    page_context: Callable[..., BrowserContext], app_server: str
) -> None:
    page = page_context().new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(app_server)
    assert sentence(page)
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if "127.0.0.1" not in url and not url.startswith("data:")] == []


def stop_beyond_home() -> Stop:
    return next(stop for stop in STOPS if stop.url)


def follow(page: Page, title: str) -> None:
    page.get_by_test_id("stSidebar").get_by_role("link", name=title).click()
    page.get_by_test_id("stMain").locator("h1").wait_for()


# The pause after which the box commits by itself, held in the hand: `pauses` are those that wait.
HELD_PAUSES = """
window.pauses = new Map()
const [set, clear] = [window.setTimeout, window.clearTimeout]
let count = 0
window.setTimeout = (act, ms, ...rest) => {
  if (ms !== 1200) return set(act, ms, ...rest)
  window.pauses.set((count -= 1), act)
  return count
}
window.clearTimeout = (id) => { if (!window.pauses.delete(id)) clear(id) }
"""


def waiting(page: Page) -> list[int]:
    found: list[int] = page.evaluate("[...window.pauses.keys()]")
    return found


@pytest.mark.browser
@pytest.mark.slow
def test_the_menu_carries_the_look_in_one_step_before_the_sentence_is_committed(
    page_context: Callable[..., BrowserContext], app_server: str
) -> None:
    stop = stop_beyond_home()
    page = page_context().new_page()
    page.add_init_script(HELD_PAUSES)  # on a busy machine it would end before the click
    page.goto(f"{app_server}/?layer=2")
    assert sentence(page)
    steps = history(page)
    page.locator(".sentence textarea").fill("hello world")
    carrying = page.get_by_test_id("stSidebar").locator("a[href*='hello']", has_text=stop.title)
    carrying.wait_for()
    (before,) = waiting(page)
    carrying.hover()
    page.mouse.down()
    (after,) = waiting(page)
    assert before != after, "no commit may come between the press and the click"
    page.mouse.up()
    page.get_by_test_id("stMain").locator("h1").wait_for()
    page.wait_for_url(f"**/{stop.url}?src=hello+world&layer=2")
    assert history(page) == steps + 1
    page.go_back()
    page.wait_for_url("**/?layer=2")
    expect_sentence(page, "edmund closed his banking account")


@pytest.mark.browser
def test_on_a_phone_a_click_in_the_menu_closes_it(
    page_context: Callable[..., BrowserContext], app_server: str
) -> None:
    from playwright.sync_api import expect

    page = page_context(width=390, height=844).new_page()
    page.goto(app_server)
    assert sentence(page)
    expect(page.get_by_test_id("stSidebar")).not_to_be_in_viewport()
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_test_id("stSidebar")).to_be_in_viewport()
    follow(page, stop_beyond_home().title)
    expect(page.get_by_test_id("stSidebar")).not_to_be_in_viewport()


WATCH_FOR_DIALOGS = """
window.dialogs = []
new MutationObserver(() => {
  for (const each of document.querySelectorAll('[role="dialog"]')) {
    window.dialogs.push(each.textContent)
  }
}).observe(document, { childList: true, subtree: true })
"""


@pytest.mark.browser
@pytest.mark.slow
def test_a_cold_deep_link_opens_its_page_and_no_dialog_even_for_a_moment(
    page_context: Callable[..., BrowserContext], cold_server: str
) -> None:
    from playwright.sync_api import expect

    page = page_context().new_page()
    page.add_init_script(WATCH_FOR_DIALOGS)
    page.goto(f"{cold_server}/attention?src=hello&layer=2")
    expect(page.get_by_test_id("stMain").locator("h1")).to_have_text("Who looks at whom")
    expect_sentence(page, "hello")
    page.locator("[aria-label=Attention]:not([data-drawn='0'])").wait_for()
    assert page.evaluate("window.dialogs") == []
    assert page.url == f"{cold_server}/attention?src=hello&layer=2"
