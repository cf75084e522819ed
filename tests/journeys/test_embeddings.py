"""The laboratories of the embeddings page, with the mouse and with keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser


def test_a_word_is_followed_from_its_embedding_through_the_layers(
    journey: Journey, tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    page = journey.open("embeddings")
    page.get_by_test_id("stButtonGroup").get_by_text("Contextless, then context").click()
    page.locator('.paths[data-drawn="1"]').wait_for()
    paths = page.locator(".paths")
    expect(paths.locator(".tensor")).to_have_text("encoder.memory")
    expect(paths.locator(".apart li")).to_have_count(3)

    paths.get_by_role("button", name="embedding").click()
    expect(paths.locator(".apart .n").first).to_have_text("0.000")  # one row, whatever is around
    paths.locator("canvas").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(paths.locator(".tensor")).to_have_text("src_positions.sum")
    expect(paths.locator(".name")).to_have_text("the bank gave him the money")
    assert "paths=stop-2~path-2" in page.url

    paths.get_by_text("Save").click()
    with page.expect_download() as saved:
        paths.get_by_text("Picture of these paths SVG").click()
    saved.value.save_as(tmp_path / "paths.svg")
    drawn = (tmp_path / "paths.svg").read_text("utf-8")
    assert "the bank gave him the money" in drawn and drawn.count("<path") > 4

    page.get_by_role("textbox", name="Word", exact=True).fill("the")
    page.keyboard.press("Enter")
    page.locator('.paths[data-drawn="2"]').wait_for()
    expect(page.get_by_text("vectors of the are", exact=False)).to_be_visible()
    page.get_by_test_id("stButtonGroup").get_by_text("Two languages").click()
    expect(page.locator(".paths .legend span")).to_have_count(2)


def test_the_map_is_saved_and_the_other_panels_answer(journey: Journey, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    page = journey.open("embeddings", panel="axes")
    main = page.locator(".map")
    main.get_by_text("Save").click()
    with page.expect_download() as saved:
        main.get_by_text("Numbers of this map").click()
    saved.value.save_as(tmp_path / "map.csv")
    assert (tmp_path / "map.csv").read_text("utf-8").startswith("# PCA of")

    page.get_by_role("textbox", name="minus b", exact=True).fill("")
    page.keyboard.press("Enter")
    expect(page.get_by_text("A word is missing")).to_be_visible()
    expect(page.get_by_text("place on the axis").first).to_be_visible()  # the other half stays
    page.get_by_test_id("stButtonGroup").get_by_text("Three kinds beside each other").click()
    expect(page.get_by_text("Count the text")).to_be_visible()
    page.get_by_test_id("stButtonGroup").get_by_text("Euclid").click()
    expect(page.locator(".map .near .n").first).not_to_have_text("")
    assert "panel=kinds" in page.url
