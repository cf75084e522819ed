"""What the pointer reads off a head is the model's own number, computed here a second time."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.functional import layer_norm, linear

from transformer.bundle import load_bundle
from transformer.positions import sinusoids
from transformer.tokenizer import EOS, SOS

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Journey

pytestmark = pytest.mark.browser

SENTENCE = "edmund closed his banking account"
TARGET = "la piccola casa davanti"
HEADS = 4


class Reference:
    """Equation 1 over the weights of a pre-norm bundle as they lie in its file, and nothing else.

    weights[kind][layer] is (H, rows, columns).
    """

    def __init__(self, folder: Path, src: list[int], tgt: list[int]) -> None:
        self.file = {name: t.float() for name, t in load_file(folder / "model.safetensors").items()}
        self.weights: dict[str, list[Tensor]] = {"encoder": [], "decoder": [], "cross": []}
        x = self.embedded("src", src)
        for layer in range(3):
            name = f"encoder.layers.{layer}"
            normed = self.norm(f"{name}.norm_1", x)
            x = x + self.attend("encoder", f"{name}.self_attention", normed, normed)
            x = x + self.feed(f"{name}.feed_forward", self.norm(f"{name}.norm_2", x))
        memory = self.norm("encoder.norm", x)
        y = self.embedded("tgt", tgt)
        for layer in range(2):
            name = f"decoder.layers.{layer}"
            normed = self.norm(f"{name}.norm_1", y)
            y = y + self.attend("decoder", f"{name}.self_attention", normed, normed)
            normed = self.norm(f"{name}.norm_2", y)
            y = y + self.attend("cross", f"{name}.cross_attention", normed, memory)
            y = y + self.feed(f"{name}.feed_forward", self.norm(f"{name}.norm_3", y))

    def embedded(self, side: str, ids: list[int]) -> Tensor:
        table = self.file[f"{side}_embedding.weight"]
        width = table.shape[1]
        return table[ids] * math.sqrt(width) + sinusoids(len(ids), width)

    def affine(self, name: str, x: Tensor) -> Tensor:
        return linear(x, self.file[f"{name}.weight"], self.file[f"{name}.bias"])

    def norm(self, name: str, x: Tensor) -> Tensor:
        return layer_norm(x, x.shape[-1:], self.file[f"{name}.weight"], self.file[f"{name}.bias"])

    def feed(self, name: str, x: Tensor) -> Tensor:
        return self.affine(f"{name}.w_2", self.affine(f"{name}.w_1", x).relu())

    def attend(self, kind: str, name: str, x: Tensor, memory: Tensor) -> Tensor:
        q, k, v = (
            self.affine(f"{name}.{part}", given).unflatten(-1, (HEADS, -1)).transpose(0, 1)
            for part, given in (("w_q", x), ("w_k", memory), ("w_v", memory))
        )
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if kind == "decoder":
            future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
            scores = scores.masked_fill(future, -math.inf)
        self.weights[kind].append(scores.softmax(-1))
        return self.affine(f"{name}.w_o", (self.weights[kind][-1] @ v).transpose(0, 1).flatten(1))


def read_off(page: Page) -> dict[tuple[str, str], str]:
    """Move the pointer over the matrix and note (row, column) -> what the tip says."""
    detail = page.locator(".detail")
    detail.scroll_into_view_if_needed()
    box = detail.bounding_box()
    assert box
    found: dict[tuple[str, str], str] = {}
    for step in range(14):
        page.mouse.move(box["x"] + 12 + 17 * step, box["y"] + 95 + 13 * step)
        page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        tip = page.locator(".tip")
        if tip.is_visible():
            row, column = tip.locator("bdi").all_inner_texts()
            found[row, column] = tip.locator("b").inner_text()
    return found


@pytest.mark.slow
def test_the_number_under_the_pointer_is_the_models_own(journey: Journey, probe: Path) -> None:
    from playwright.sync_api import expect

    bundle = load_bundle(probe)
    src = [*bundle.src_tokenizer.encode(SENTENCE).ids, EOS]
    tgt = [SOS, *bundle.tgt_tokenizer.encode(TARGET).ids]
    own = Reference(probe, src, tgt).weights
    sources = [bundle.src_tokenizer.label(number).replace(" ", "·") for number in src]
    targets = [bundle.tgt_tokenizer.label(number).replace(" ", "·") for number in tgt]

    page = journey.open("attention", src=SENTENCE, tgt=TARGET)
    for kind, radio, layer, head, rows, columns in (
        ("encoder", "Encoder self", 3, 2, sources, sources),
        ("decoder", "Decoder self", 2, 4, targets, targets),
        ("cross", "Cross", 1, 3, targets, sources),
    ):
        page.get_by_role("radio", name=radio).click()
        page.get_by_role("gridcell", name=f"layer {layer}, head {head}").click()
        tensor = "cross_attention" if kind == "cross" else "self_attention"
        expect(page.locator(".tensor")).to_contain_text(f"layers.{layer - 1}.{tensor}.weights")
        expect(page.locator(".title")).to_have_text(f"Layer {layer}, head {head}")
        read = read_off(page)
        assert len(read) >= 4
        for (row, column), text in read.items():
            i, j = rows.index(row), columns.index(column)
            if kind == "decoder" and j > i:
                assert text == "masked"
            else:
                number = float(own[kind][layer - 1][head - 1, i, j])
                assert float(text) == pytest.approx(number, abs=1e-3)
