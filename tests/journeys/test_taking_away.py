"""What is taken away from the heads: the model's own numbers, and pictures that can be opened."""

from __future__ import annotations

import csv
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.journeys.test_numbers import TARGET, Reference
from tests.journeys.test_settings_of_heads import painted
from transformer.bundle import load_bundle
from transformer.tokenizer import EOS, SOS

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser

SENTENCE = "edmund closed his banking account"
LAYER, HEAD = 2, 3
ROOT = Path(__file__).resolve().parents[2]


def saved(
    page: Page, kind: str, panel: str = ".view", name: str = "attention-cross-layer2-head3"
) -> Path:
    """The file that the browser was given."""
    with page.expect_download() as download:
        page.locator(f"{panel} [data-take={kind}]").click()
    assert download.value.suggested_filename == f"{name}.{kind}"
    return Path(download.value.path())


def test_numbers_and_pictures_are_saved(journey: Journey, probe: Path) -> None:
    bundle = load_bundle(probe)
    src = [*bundle.src_tokenizer.encode(SENTENCE).ids, EOS]
    tgt = [SOS, *bundle.tgt_tokenizer.encode(TARGET).ids]
    weights = Reference(probe, src, tgt).weights["cross"][LAYER - 1][HEAD - 1]

    page = journey.open("attention", src=SENTENCE, tgt=TARGET, kind="cross", layer=LAYER, head=HEAD)
    page.locator(".save summary").click()
    lines = saved(page, "csv").read_text("utf-8").splitlines()
    assert "decoder.layers.1.cross_attention.weights" in lines[0]
    cells = list(csv.DictReader(lines[1:]))
    assert len(cells) == len(src) * len(tgt)
    for cell in cells:
        number = float(weights[int(cell["row"]), int(cell["column"])])
        assert float(cell["weight"]) == pytest.approx(number, abs=1e-3)
    assert cells[0]["row_token"] == "[SOS]" and cells[-1]["column_token"] == "[EOS]"

    picture = ET.fromstring(saved(page, "svg").read_text("utf-8"))
    name = "{http://www.w3.org/2000/svg}"
    assert "Layer 2, head 3" in (picture.findtext(f"{name}title") or "")
    assert len(picture.findall(f"{name}rect")) > len(cells)
    assert "[EOS]" in [text.text for text in picture.findall(f"{name}text")]
    assert saved(page, "png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    page.keyboard.press("Escape")
    assert page.locator(".offers").is_hidden()


@pytest.mark.slow
def test_the_number_pointed_at_is_five_lines_that_print_it(journey: Journey, probe: Path) -> None:
    page = journey.open("attention", src=SENTENCE, tgt=TARGET, kind="cross", layer=LAYER, head=HEAD)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    detail = page.locator(".detail")
    detail.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    painted(page)
    told = page.locator(".says .number").first.inner_text()
    page.locator(".view .save summary").click()
    page.locator(".view [data-take=python]").click()
    page.get_by_text("Five lines are copied").wait_for()
    script = page.evaluate("navigator.clipboard.readText()")
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert len(script.splitlines()) == 5
    assert float(ran.stdout) == pytest.approx(float(told), abs=1e-3)


PANELS = {
    "walk": (".walk", "walk-cross-layer2-head3-"),
    "edit": (".ablation", "what-each-head-is-worth"),
    "why": (".court", "why-"),
}


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.slow
def test_each_panel_is_saved_as_it_is_seen(journey: Journey, panel: str) -> None:
    root, name = PANELS[panel]
    page = journey.open(
        "attention", src=SENTENCE, tgt=TARGET, kind="cross", layer=LAYER, head=HEAD, panel=panel
    )
    view = page.locator(f"{root}:not([data-drawn='0'])")
    view.wait_for()
    view.locator(".save summary").click()
    for kind in ("csv", "svg", "png"):
        with page.expect_download() as download:
            view.locator(f"[data-take={kind}]").click()
        assert download.value.suggested_filename.startswith(name)
        path = Path(download.value.path())
        if kind == "csv":
            lines = path.read_text("utf-8").splitlines()
            assert SENTENCE in lines[0] and len(list(csv.DictReader(lines[1:]))) > 16
        elif kind == "png":
            assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        else:
            found = ET.fromstring(path.read_text("utf-8"))
            words = {text.text for text in found.iter("{http://www.w3.org/2000/svg}text")}
            seen = set(view.locator(".source").inner_text().split())
            assert seen <= words and "Save" not in words
            assert len(list(found.iter("{http://www.w3.org/2000/svg}rect"))) > 16
