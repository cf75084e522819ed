"""The laboratories of the embeddings page, with the mouse and with keys."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser


@pytest.mark.slow
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
    expect(paths.locator(".name")).to_have_text("we can go home now")
    assert "paths=stop-2~path-2" in page.url

    paths.get_by_text("Save").click()
    with page.expect_download() as saved:
        paths.get_by_text("Picture of these paths SVG").click()
    saved.value.save_as(tmp_path / "paths.svg")
    drawn = (tmp_path / "paths.svg").read_text("utf-8")
    assert "we can go home now" in drawn and drawn.count("<path") > 4

    page.get_by_role("textbox", name="Word", exact=True).fill("a")
    page.keyboard.press("Enter")
    page.locator('.paths[data-drawn="2"]').wait_for()
    expect(page.get_by_text("vectors of a are", exact=False)).to_be_visible()
    page.get_by_test_id("stButtonGroup").get_by_text("Two languages").click()
    expect(page.locator(".paths .legend span")).to_have_count(2)


@pytest.mark.slow
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


def test_what_no_piece_holds_is_cut_into_pieces_to_choose(journey: Journey, probe: Path) -> None:
    from playwright.sync_api import expect

    from pages.ui.pieces import readable
    from transformer.bundle import load_bundle

    page = journey.open("embeddings")
    tokenizer, main = load_bundle(probe).src_tokenizer, page.locator(".map")
    main.locator("#find").fill("housered")
    expect(main.locator(".found")).to_contain_text("cuts it into these")
    ids = list(dict.fromkeys(tokenizer.encode("housered").ids))
    assert len(ids) > 1
    chips = main.locator(".matches button")
    expect(chips).to_have_text([readable(tokenizer.label(number)) for number in ids])
    chips.last.click()
    expect(main.locator(".around h3 small")).to_have_text(str(ids[-1]))
    expect(chips.last).to_have_attribute("aria-pressed", "true")
    main.locator("#find").fill("house")
    expect(main.locator(".found")).not_to_contain_text("No piece")


def drag(page: Page, *places: tuple[float, float]) -> None:
    """Press, move and let go on the map; places are shares of its canvas."""
    box = page.locator(".map canvas").bounding_box()
    assert box
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    page.mouse.move(*at[0])
    page.mouse.down()
    for place in at[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


@pytest.mark.slow
def test_a_lasso_lists_its_pieces_and_a_link_brings_them_again(
    journey: Journey, tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    page = journey.open("embeddings")
    main, taken = page.locator(".map"), page.locator(".map .taken")
    main.locator("canvas").scroll_into_view_if_needed()
    main.get_by_role("button", name="Lasso", exact=True).click()
    drag(page, (0.3, 0.3), (0.7, 0.35), (0.6, 0.75), (0.3, 0.3))
    expect(taken).to_be_visible()
    taken.get_by_text("Only these on the map").click()
    main.get_by_role("button", name="Zoom in").click()
    page.get_by_label("Find a piece").fill("a~b%")
    expect(page).to_have_url(re.compile("lens=.*zoom-1.6.*find-.*lasso-.*alone-1"))
    listed = taken.locator(".inside button").all_inner_texts()
    assert listed and taken.locator("h3").inner_text().startswith(str(len(listed)))

    main.locator("summary").click()
    with page.expect_download() as saved:
        main.get_by_text("CSV, the place of every piece").click()
    saved.value.save_as(tmp_path / "map.csv")
    lines = (tmp_path / "map.csv").read_text("utf-8").splitlines()[1:]
    rows = list(csv.DictReader(lines))
    assert sorted(row["piece"] for row in rows if row["inside"] == "1") == sorted(listed)
    with page.expect_download() as saved:
        main.get_by_text("SVG, dots and letters").click()
    saved.value.save_as(tmp_path / "map.svg")
    drawn = (tmp_path / "map.svg").read_text("utf-8")
    assert "NaN" not in drawn and 0 < drawn.count('fill-opacity="0.62"') <= len(listed)

    again = page.context.new_page()
    journey.visit(again, page.url)
    other = again.locator(".map .taken")
    expect(other.locator(".inside button")).to_have_text(listed)
    expect(other.get_by_text("Only these on the map")).to_have_attribute("aria-pressed", "true")
    expect(again.get_by_label("Find a piece")).to_have_value("a~b%")
    again.locator(".map canvas").focus()
    again.keyboard.press("Escape")
    expect(other).to_be_hidden()
    expect(again).not_to_have_url(re.compile("lasso-"))


@pytest.mark.slow
def test_by_keys_a_circle_in_the_middle_is_the_lasso(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("embeddings", width=390, scheme="dark")
    canvas, taken = page.locator(".map canvas"), page.locator(".map .taken")
    canvas.focus()
    page.keyboard.press("l")
    expect(taken).to_be_visible()
    first = taken.locator("h3").inner_text()
    for _ in range(6):
        page.keyboard.press("]")
    expect(taken.locator("h3")).not_to_have_text(first)
    expect(canvas).to_have_attribute("aria-label", re.compile("inside the lasso"))
    held = taken.locator("h3").inner_text()
    taken.locator(".inside button").first.press("Enter")
    expect(page).to_have_url(re.compile("map=piece-probe"))
    expect(taken).to_be_visible()
    page.keyboard.press("Escape")
    expect(taken).to_be_hidden()
    expect(page).not_to_have_url(re.compile("lasso-"))
    page.go_back()  # to where the lasso was
    expect(page).not_to_have_url(re.compile("map=piece-probe"))
    expect(taken.locator("h3")).to_have_text(held)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.slow
def test_reload_back_and_a_link_bring_what_was_set(journey: Journey) -> None:
    from playwright.sync_api import expect

    page = journey.open("embeddings", panel="axes")
    choose = page.get_by_test_id("stButtonGroup")
    choose.get_by_text("Euclid").click()
    expect(page).to_have_url(re.compile("map=measure-distance"))
    word = page.get_by_role("textbox", name="minus b", exact=True)
    word.fill("car")
    word.press("Enter")
    expect(page).to_have_url(re.compile("axes=b-car"))
    choose.get_by_text("Contextless, then context").click()
    choose.get_by_text("Your sentence").click()
    expect(page).to_have_url(re.compile("context=view-sentence"))
    page.reload()
    journey.settle(page)
    expect(page.locator(".paths .name")).to_be_visible()
    expect(choose.get_by_role("radio", name="Euclid")).to_be_checked()

    page.go_back()
    expect(page).not_to_have_url(re.compile("context="))
    expect(page.get_by_label("Sentences that hold it")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("textbox", name="minus b", exact=True)).to_have_value("car")
    page.go_back()
    expect(page.get_by_role("textbox", name="minus b", exact=True)).to_have_value("file")
    page.go_back()
    expect(choose.get_by_role("radio", name="Cosine")).to_be_checked()
    page.go_forward()
    expect(choose.get_by_role("radio", name="Euclid")).to_be_checked()

    page.get_by_role("link", name="Tokens").click()  # what was set comes along, and back
    page.get_by_role("heading", name="Tokens").first.wait_for()
    page.get_by_role("link", name="Embeddings").click()
    expect(choose.get_by_role("radio", name="Euclid")).to_be_checked()
