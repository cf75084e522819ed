"""A typed sentence: every head follows, the address keeps it, Back brings the former one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from transformer.bundle import load_bundle
from transformer.decoding import greedy
from transformer.tokenizer import EOS

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser

OTHER = "a small dog reads the news"


def heads(page: Page) -> str:
    """The picture of all heads, as it is on the screen."""
    return str(page.locator(".thumbs").evaluate("canvas => canvas.toDataURL()"))


def expect_heads_of(page: Page, folder: Path, sentence: str) -> None:
    """Wait until the encoder's heads are drawn for the pieces of `sentence` and [EOS]."""
    from playwright.sync_api import expect

    count = len(load_bundle(folder).src_tokenizer.encode(sentence).ids) + 1
    expect(page.locator(".dims")).to_have_text(f"b h s s = 1 × 4 × {count} × {count}")


def test_a_typed_sentence_changes_every_head_and_back_returns(
    journey: Journey, probe: Path
) -> None:
    from playwright.sync_api import expect

    page = journey.open("attention", src="edmund closed his banking account")
    expect_heads_of(page, probe, "edmund closed his banking account")
    before = heads(page)
    journey.say(page, OTHER)
    expect_heads_of(page, probe, OTHER)
    assert heads(page) != before
    page.wait_for_url("**src=a+small+dog**")
    page.go_back()
    expect_heads_of(page, probe, "edmund closed his banking account")
    expect(page.locator(".sentence textarea")).to_have_value("edmund closed his banking account")
    assert heads(page) == before


def test_heads_follow_each_key_before_anything_is_committed(journey: Journey, probe: Path) -> None:
    page = journey.open("attention")
    box = page.locator(".sentence textarea")
    box.press("End")
    box.press_sequentially(" reads")
    expect_heads_of(page, probe, box.input_value())


@pytest.mark.slow
def test_a_copied_address_shows_the_same_head_in_a_new_tab(journey: Journey, probe: Path) -> None:
    from playwright.sync_api import expect

    page = journey.open("attention", tgt="la piccola casa")
    page.get_by_role("radio", name="Cross").click()
    page.get_by_role("gridcell", name="layer 2, head 3").click()
    page.wait_for_url("**kind=cross&layer=2&head=3**")
    journey.settle(page)
    copy = journey.visit(page.context.new_page(), page.url)
    view = copy.locator(".view")
    for name, value in (("kind", "cross"), ("layer", "2"), ("head", "3")):
        expect(view).to_have_attribute(f"data-{name}", value)
    expect(copy.locator(".sentence textarea")).to_have_value(
        page.locator(".sentence textarea").input_value()
    )
    expect(copy.locator(".dims")).to_have_text(page.locator(".dims").inner_text())
    assert heads(copy) == heads(page)


def test_the_shipped_model_translates_and_shows_its_heads(journey: Journey) -> None:
    from playwright.sync_api import expect

    folder = Path(__file__).resolve().parents[2] / "assets" / "models" / "tiny"
    if not folder.is_dir():
        pytest.skip("assets/models/tiny is not there yet")
    sentence = "The red car is in front of the house."
    page = journey.open("attention", model="tiny", src=sentence)
    bundle = load_bundle(folder)
    ids = [*bundle.src_tokenizer.encode(sentence).ids, EOS]
    own = greedy(bundle.model, torch.tensor([ids]))[0].ids
    expect(page.locator(".dims")).to_contain_text(f"× {len(ids)} × {len(ids)}")
    expect(page.locator(".dawn-said p")).to_have_text(bundle.tgt_tokenizer.decode(own))
