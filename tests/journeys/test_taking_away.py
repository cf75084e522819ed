"""What is taken away from the heads: the model's own numbers, and pictures that can be opened."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.journeys.test_numbers import TARGET, Reference
from transformer.bundle import load_bundle
from transformer.tokenizer import EOS, SOS

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser

SENTENCE = "edmund closed his banking account"
LAYER, HEAD = 2, 3


def saved(page: Page, kind: str) -> Path:
    """The file that the browser was given."""
    with page.expect_download() as download:
        page.locator(f"[data-take={kind}]").click()
    assert download.value.suggested_filename == f"attention-cross-layer2-head3.{kind}"
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
