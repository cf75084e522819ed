"""Tokens, step by step: merges are replayed, and a threshold moved, without the server."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from transformer.analysis.merges import merge_ranks, replay
from transformer.bundle import load_bundle
from transformer.tokenizer import Tokenizer

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_a_word_is_merged_forward_and_back_and_a_link_keeps_the_step(
    journey: Journey, probe: Path
) -> None:
    from playwright.sync_api import expect

    page = journey.open("tokens", src="the red house", panel="steps")
    merges = page.locator(".merges[data-drawn]")
    merges.get_by_role("button", name="house").click()
    ranks = merge_ranks(load_bundle(probe).src_tokenizer)
    found = replay("Ġhouse", ranks)
    assert len(found.merges) > 2
    pieces = merges.locator(".bench .piece")
    for step in range(3):
        expect(pieces).to_have_text([piece.replace("Ġ", "·") for piece in found.after(step)])
        expect(merges.locator(".pair.lowest")).to_have_text(str(found.merges[step].rank + 1))
        merges.locator(".next").press("Enter")
    merges.locator(".scrub").press("ArrowLeft")
    expect(pieces).to_have_text([piece.replace("Ġ", "·") for piece in found.after(2)])
    page.reload()
    expect(pieces).to_have_text([piece.replace("Ġ", "·") for piece in found.after(2)])
    merges.locator(".last").click()
    expect(pieces).to_have_text([piece.replace("Ġ", "·") for piece in found.pieces])
    merges.locator(".play").click()
    expect(merges.locator(".play")).to_have_text("Pause")


def test_the_steps_are_saved_with_the_mouse(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("tokens", src="Don't feed the bank's ducks!", panel="steps")
    merges = page.locator(".merges[data-drawn]")
    merges.locator(".save summary").click()
    with page.expect_download() as saved:
        merges.get_by_text("All merges of the text").click()
    assert saved.value.suggested_filename.endswith(".csv")
    expect(merges.locator(".done")).to_contain_text("is saved")


def from_top(page: Page, selector: str) -> float:
    """How far below the top of the window it begins, in pixels."""
    return float(page.locator(selector).evaluate("found => found.getBoundingClientRect().top"))


@pytest.mark.parametrize("width", [1440, 390])
def test_a_link_to_a_panel_opens_there_and_never_moves_the_page_again(
    journey: Journey, width: int
) -> None:
    page = journey.open("tokens", panel="steps", width=width)
    page.locator(".merges:not([data-drawn='0'])").wait_for()
    tabs, main = ".st-key-tokens-panel", page.get_by_test_id("stMain")
    page.wait_for_function(f"document.querySelector('{tabs}').getBoundingClientRect().top < 120")
    assert from_top(page, tabs) >= 0
    main.hover()
    page.mouse.wheel(0, -20_000)
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop === 0")
    journey.say(page, "la casa rossa")
    page.wait_for_function("location.search.includes('rossa')")
    journey.settle(page)
    assert main.evaluate("main => main.scrollTop") == 0


def test_a_panel_opened_by_a_click_does_not_move_the_page(journey: Journey) -> None:
    page = journey.open("tokens")
    tabs = page.locator(".st-key-tokens-panel")
    tabs.scroll_into_view_if_needed()
    before = from_top(page, ".st-key-tokens-panel")
    tabs.get_by_text("Step by step").click()
    page.locator(".merges:not([data-drawn='0'])").wait_for()
    journey.settle(page)
    assert abs(from_top(page, ".st-key-tokens-panel") - before) < 2


@pytest.mark.slow
def test_the_threshold_takes_words_away(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("tokens", src="the zqxj", panel="steps")
    page.get_by_text("As the lesson counts words", exact=True).click()
    words = page.locator(".threshold[data-drawn]").locator(".sentence li")
    expect(words.nth(1)).to_contain_text("[UNK]")
    facts = page.locator(".threshold .facts dd")
    before = facts.first.inner_text()
    page.locator(".threshold .slide").press("End")
    assert int(facts.first.inner_text().replace(",", "")) < int(before.replace(",", ""))
    expect(words.first).not_to_contain_text("[UNK]")


def test_the_sentence_is_copied_as_text_pieces_and_integers(journey: Journey, probe: Path) -> None:
    from playwright.sync_api import expect

    page = journey.open("tokens", src="the red house")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tokenizer = load_bundle(probe).src_tokenizer
    ids = tokenizer.encode("the red house").ids
    forms = {"Integers": ids, "Pieces": [tokenizer.label(number) for number in ids]}
    for form, wanted in forms.items():
        page.locator(".output").get_by_role("button", name=form).click()
        page.locator(".output .copy").click()
        expect(page.locator(".output .done")).to_have_text("Copied.")
        assert json.loads(page.evaluate("navigator.clipboard.readText()")) == wanted


@pytest.mark.slow
def test_the_vocabulary_is_searched_and_walked_by_keys(journey: Journey, probe: Path) -> None:
    from playwright.sync_api import expect

    page = journey.open("tokens", panel="file")
    file = page.locator(".file[data-drawn]")
    size = len(load_bundle(probe).src_tokenizer)
    expect(file.locator(".found")).to_have_text(f"{size} of {size}")
    file.locator(".query").fill("house")
    expect(file.locator(".entry").first).to_contain_text("house")
    file.locator(".order").select_option("longest")
    file.locator(".list").press("ArrowDown")
    expect(file.locator(".says")).to_contain_text("made from")
    file.locator("summary").filter(has_text="Model").first.click()
    page.wait_for_function("location.search.includes('~open-')")
    seen = [file.locator(name).inner_text() for name in (".found", ".says", ".parts")]
    page.reload()
    expect(file.locator(".says")).to_have_text(seen[1])
    assert [file.locator(name).inner_text() for name in (".found", ".says", ".parts")] == seen
    expect(file.locator(".query")).to_have_value("house")
    expect(file.locator(".order")).to_have_value("longest")


@pytest.mark.slow
def test_one_sentence_in_six_ways_is_read_by_keys_and_by_touch(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("tokens", src="the red è house", tgt="la casa")
    page.get_by_test_id("stMain").get_by_text("Side by side", exact=True).click()
    beside = page.locator(".beside:not([data-drawn='0'])")
    names = ["This model", "Words", "Characters", "Bytes", "OpenAI cl100k", "OpenAI o200k"]
    expect(beside.locator(".way h3")).to_have_text(names)
    raw, lists = "the red è house".encode(), beside.get_by_role("listbox")
    expect(beside.locator(".way").nth(3).locator(".count b").first).to_have_text(str(len(raw)))
    shown = lists.nth(6)  # bytes of the first language
    shown.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("PageDown")
    says = beside.locator(".says")
    expect(says).to_have_text(f"Bytes: piece 11 of {len(raw)}, “·”, integer 32")
    assert "beside=piece-4.1.11" in page.url
    page.reload()
    expect(says).to_have_text(f"Bytes: piece 11 of {len(raw)}, “·”, integer 32")
    page.get_by_test_id("stMain").get_by_text("The tokenizer file", exact=True).click()
    page.locator(".file:not([data-drawn='0'])").wait_for()
    page.go_back()
    expect(says).to_have_text(f"Bytes: piece 11 of {len(raw)}, “·”, integer 32")
    lists.nth(4).get_by_role("option").nth(8).dispatch_event("click")  # as a touch does
    expect(says).to_have_text(f"Characters: piece 9 of 15, “è”, integer {ord('è')}")
    lists.nth(4).press("Escape")
    expect(says).to_contain_text("arrow keys")


@pytest.mark.slow
def test_a_tokenizer_is_trained_on_an_upload_and_a_new_run_takes_it(
    journey: Journey, app_runs: Path
) -> None:
    from playwright.sync_api import FilePayload, expect

    page = journey.open("tokens", src="the red house")
    page.get_by_test_id("stMain").get_by_text("Train one here", exact=True).click()
    page.get_by_text("Whole words", exact=True).click()
    page.get_by_role("combobox", name="Text to learn from").click()
    page.get_by_role("option", name="A text of my own").click()
    text = "\n".join(f"the red house number {n % 7}" for n in range(60))
    upload = FilePayload(name="mine.txt", mimeType="text/plain", buffer=text.encode())
    page.locator("input[type=file]").set_input_files(upload)
    field = page.get_by_role("spinbutton", name="Pieces in the vocabulary")
    field.fill("300")
    field.press("Enter")
    page.wait_for_url("**size-300**")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("The text had only enough for 15 pieces, not for 300.")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(3)
    counts = page.locator(".beside .way").first.locator(".count b")
    expect(counts.first).to_have_text("3")

    page.reload()  # the text is kept by its content, and so is what was learned from it
    expect(page.locator(".js-plotly-plot")).to_have_count(3)
    page.get_by_role("button", name="Train a model with it").click()
    page.wait_for_url("**/training*")
    page.get_by_text("More: data").click()
    field = page.get_by_role("textbox", name="Tokenizer file")
    expect(field).to_have_value(re.compile("tokenizer.json$"))
    file = field.input_value()
    learned = Tokenizer.load(Path(file))
    assert Path(file).is_relative_to(app_runs) and len(learned) == 15
    assert learned.encode("the red house").ids.count(1) == 0
    expect(page.get_by_role("button", name="Launch")).to_be_enabled()


@pytest.mark.slow
def test_how_the_sentence_is_written_out_is_in_the_link(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("tokens", src="the red house")
    page.locator(".output").get_by_role("button", name="Pieces").click()
    assert "output=as-pieces" in page.url
    page.reload()
    chosen = page.locator(".output [aria-pressed=true]")
    expect(chosen).to_have_text("Pieces")
    journey.visit(page, journey.address("tokens", src="the red house", output="as-smoke"))
    expect(page.locator(".output .done")).to_have_text(
        "The link asks for a form that there is not."
    )
    expect(chosen).to_have_text("Integers")
