"""Channels become heads, in the browser: the keyboard, the address, and Python that runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
READS = "Output 1 reads red and green: 2 kernels of 3 × 3 and a bias, 19 parameters."


def part(page: Page, name: str) -> Locator:
    found = page.locator(f".dawn.{name}:not([data-drawn='0'])")
    found.wait_for()
    return found


def parameter(page: Page, name: str) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get(name, [])


@pytest.mark.slow
def test_groups_and_channels_by_keyboard_come_back_after_a_reload(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("channels")
    groups = part(page, "groups")
    groups.get_by_role("radio", name="1", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(groups.get_by_role("radio", name="4", exact=True)).to_be_focused()
    expect(groups.locator("tr.chosen td").nth(1)).to_have_text("152")
    groups.locator(".wires").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(groups.locator(".says")).to_have_text(READS)
    assert parameter(page, "groups") == ["groups-4~out-1"]

    page.reload()
    journey.settle(page)
    expect(part(page, "groups").locator(".says")).to_have_text(READS)
    part(page, "groups").locator(".matrix").focus()
    page.keyboard.press("Escape")
    assert parameter(page, "groups") == ["groups-4"]


def test_a_pointer_finds_the_kernel_that_was_cut_away(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("channels", groups="groups-8")
    groups = part(page, "groups")
    canvas = groups.locator(".matrix")
    box = canvas.bounding_box()
    assert box
    cell = box["height"] / 8
    left = (box["width"] - 8 * cell) / 2
    canvas.hover(position={"x": left + 2.5 * cell, "y": 4.5 * cell})
    expect(groups.locator(".says")).to_contain_text("Blue does not reach output 5")
    canvas.hover(position={"x": left + 4.5 * cell, "y": 4.5 * cell})
    expect(groups.locator(".says")).to_contain_text("Upright reaches output 5")


@pytest.mark.slow
def test_a_head_is_chosen_and_a_kind_of_attention_is_a_step_of_the_history(
    journey: Journey,
) -> None:
    from playwright.sync_api import expect

    page = journey.open("channels", blocks="head-2")
    blocks = part(page, "blocks")
    expect(blocks.locator(".says")).to_contain_text("Head 2 owns features 9–16")
    page.get_by_role("radio", name="Cross", exact=True).first.click()
    expect(blocks.locator(".tensor")).to_have_text("decoder.layers.0.cross_attention.weights")
    expect(blocks.locator(".says")).to_contain_text("Head 2 owns features 9–16")
    page.go_back()
    expect(blocks.locator(".tensor")).to_have_text("encoder.layers.0.self_attention.weights")


@pytest.mark.slow
def test_the_script_prints_the_counts_of_the_table(journey: Journey) -> None:
    page = journey.open("channels", groups="groups-2", channels="outputs-16")
    context = page.context
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    groups = part(page, "groups")
    groups.locator(".save summary").click()
    groups.locator("[data-take=python]").click()
    groups.locator(".done", has_text="copied").wait_for()
    script = page.evaluate("navigator.clipboard.readText()")
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told = groups.locator("tr.chosen td").all_inner_texts()
    counts = [told[1].replace(",", ""), told[2].split()[0].replace(",", "")]
    assert done.stdout.split()[-2:] == counts
    assert "groups=2" in done.stdout


def test_a_picture_holds_the_table_of_heads_only_where_it_is_unfolded(journey: Journey) -> None:
    page = journey.open("channels")
    blocks = part(page, "blocks")

    def picture() -> str:
        blocks.locator(".save summary").click()
        with page.expect_download() as download:
            blocks.locator("[data-take=svg]").click()
        blocks.locator(".save summary").click()
        return download.value.path().read_text("utf-8")

    assert ">spreads<" not in picture()
    blocks.locator(".words summary").click()
    assert ">spreads<" in picture()


def test_two_views_of_heads_keep_their_settings_apart(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("channels", maps8="unit-words")
    views = page.locator(".dawn.view:not([data-drawn='0'])")
    expect(views).to_have_count(2)
    assert parameter(page, "maps8") == ["unit-words"]
    assert parameter(page, "maps1") == []
    expect(views.nth(1).locator("input[value=words]")).to_be_checked()
    expect(views.nth(0).locator("input[value=words]")).not_to_be_checked()
    views.nth(0).get_by_text("Norms").first.click()
    assert parameter(page, "maps1") == ["measure-norms"]
    assert parameter(page, "maps8") == ["unit-words"]
