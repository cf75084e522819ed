"""Tokens, step by step: merges are replayed, and a threshold moved, without the server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from transformer.analysis.merges import merge_ranks, replay
from transformer.bundle import load_bundle

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser


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


def test_the_vocabulary_is_searched_and_walked_by_keys(journey: Journey, probe: Path) -> None:
    from playwright.sync_api import expect

    page = journey.open("tokens", panel="file")
    file = page.locator(".file[data-drawn]")
    size = len(load_bundle(probe).src_tokenizer)
    expect(file.locator(".found")).to_have_text(f"{size} of {size}")
    file.locator(".query").fill("house")
    expect(file.locator(".entry").first).to_contain_text("house")
    file.locator(".list").press("ArrowDown")
    expect(file.locator(".says")).to_contain_text("made from")
