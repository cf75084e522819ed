"""One sentence, three machines, in the browser: pointing, hiding, going on, one head for all."""

from __future__ import annotations

import ast
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
SENTENCE = "The red car is in front of the house."


def view(page: Page) -> Locator:
    found = page.locator(".dawn.machines:not([data-drawn='0'])")
    found.wait_for()
    return found


def asked(page: Page) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get("machines", [])


@pytest.mark.slow
def test_a_word_is_pointed_at_hidden_and_filled_by_keyboard(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("machines", src=SENTENCE)
    machines = view(page)
    pieces = machines.locator(".pieces")
    pieces.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    says = machines.locator(".says")
    expect(says).to_contain_text("Encoder-only: Self-attention: “·car” may see 11 of 11")
    expect(says).to_contain_text("Decoder-only: Self-attention: “·car” may see 4 of 11: [SOS]")
    expect(says).to_contain_text("Encoder-decoder: Encoder self:")
    expect(machines.locator(".piece i.of-encoder.lit")).to_have_count(10)
    expect(machines.locator(".piece i.of-decoder.lit")).to_have_count(3)
    page.keyboard.press("Enter")
    encoder = machines.locator("[data-machine=encoder]")
    expect(encoder.locator(".guessed h5")).to_have_text(
        ["In the place of “·car”", "In the place of “·front”"]
    )
    expect(encoder.locator(".guessed").first.locator("li")).to_have_count(5)
    expect(machines.locator("[data-machine=decoder] h5").first).to_contain_text("After “·red”")
    assert asked(page) == ["hidden-3.6~at-3"]

    page.reload()
    journey.settle(page)
    machines = view(page)
    expect(machines.locator(".piece[aria-selected=true]")).to_have_text(["·car", "·front"])
    machines.locator(".pieces").focus()
    page.keyboard.press("Escape")
    expect(machines.locator(".guessed")).to_have_count(1)  # the decoder's alone
    assert asked(page) == ["hidden-none~at-end"]
    page.go_back()
    expect(machines.locator(".piece[aria-selected=true]")).to_have_text(["·car", "·front"])


def test_a_mask_is_pointed_at_and_lights_all_three(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("machines", src=SENTENCE)
    machines = view(page)
    mask = machines.locator("[data-machine=decoder] canvas")
    box = mask.bounding_box()
    assert box
    mask.hover(position={"x": 3, "y": box["height"] * 2.5 / 11})  # row 3: [SOS] The red
    says = machines.locator(".says")
    expect(says).to_contain_text("Decoder-only: Self-attention: “·red” may see 3 of 11")
    expect(says).to_contain_text("Encoder-only: Self-attention: “·red” may see 11 of 11")
    expect(says).to_contain_text("rows may see “·red”")
    mask.hover(position={"x": 3, "y": 2})  # [SOS] is no word of the sentence
    expect(says).to_contain_text("Point at a word")
    machines.locator("[data-machine=two] canvas").nth(1).focus()
    page.keyboard.press("ArrowDown")
    expect(says).to_contain_text("Decoder self: “[SOS]” may see 1 of")


def test_how_it_is_drawn_is_in_the_address(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("machines", src="", machines="seed-5")
    decoder = view(page).locator("[data-machine=decoder]")
    expect(decoder.locator("h5").nth(1)).to_have_text(
        "From nothing, that is from [SOS], drawn at temperature 0.8, seed 5"
    )
    before = decoder.locator(".continued").nth(1).inner_text()
    decoder.locator(".seed").fill("6")
    page.keyboard.press("Enter")
    expect(decoder.locator("h5").nth(1)).to_contain_text("seed 6")
    assert decoder.locator(".continued").nth(1).inner_text() != before
    assert asked(page) == ["seed-6"]
    decoder.locator(".temperature").focus()
    page.keyboard.press("Home")
    expect(decoder.locator("h5").nth(1)).to_contain_text("temperature 0: nothing is drawn")
    assert asked(page) == ["seed-6~temperature-0"]


@pytest.mark.slow
def test_the_script_prints_the_guesses_of_the_page(journey: Journey) -> None:
    page = journey.open("machines", src=SENTENCE, machines="hidden-3")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    machines = view(page)
    machines.locator(".save summary").click()
    machines.locator("[data-take=python]").click()
    machines.locator(".done", has_text="copied").wait_for()
    script = page.evaluate("navigator.clipboard.readText()")
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told = machines.locator("[data-machine=encoder] .guessed bdi").all_inner_texts()
    printed = ast.literal_eval(done.stdout.strip())[2]
    assert [piece.replace(" ", "·") for piece, _ in printed] == [one.split(" ✓")[0] for one in told]


def test_a_head_that_is_chosen_in_one_is_chosen_in_all(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("machines", src=SENTENCE)
    heads = page.locator(".dawn.view:not([data-drawn='0'])")
    expect(heads).to_have_count(3)
    heads.nth(1).get_by_role("gridcell").nth(6).click()  # layer 2, head 3
    for number in range(3):
        expect(heads.nth(number)).to_have_attribute("data-layer", "2")
        expect(heads.nth(number)).to_have_attribute("data-head", "3")
    assert parse_qs(urlsplit(page.url).query)["layer"] == ["2"]


def test_it_fits_a_phone_in_the_dark(journey: Journey) -> None:
    page = journey.open("machines", src=SENTENCE, width=390, scheme="dark")
    view(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tops = [
        box["y"]
        for name in ("encoder", "decoder", "two")
        if (box := page.locator(f"[data-machine={name}]").bounding_box())
    ]
    assert len(tops) == 3 and tops == sorted(tops) and tops[0] < tops[1] - 100
