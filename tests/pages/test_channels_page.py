"""Channels become heads: what is drawn is what torch makes, and the look holds all that is set."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from pages.ui import head_pair
from pages.ui.catalogue import find_model
from pages.ui.grouped_view import all_cuts, as_bytes, channels_of, emoji
from pages.ui.head_blocks import widths
from pages.ui.held_out import scores
from pages.ui.state import Look
from tests.pages.blobs import read_blob, sent
from trainer.folder import shipped_folder
from trainer.history import read_events
from transformer.bundle import load_bundle
from transformer.trace import tracing

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "the red car is in front of the house"


def open_page(**query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "pages" / "behind" / "channels.py"), default_timeout=60)
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def written(at: AppTest) -> str:
    parts = [*at.markdown, *at.caption, *at.warning, *at.info]
    return " ".join(part.value for part in parts).replace("\u2060", "")


@pytest.mark.parametrize(("outputs", "kernel"), [(8, 3), (16, 1), (16, 5)])
def test_outputs_and_counts_are_those_of_torchs_module(outputs: int, kernel: int) -> None:
    inputs = channels_of(emoji("cat"))
    found = all_cuts(inputs, outputs, kernel)
    assert [cut.groups for cut in found.options] == [1, 2, 4, 8]
    for cut in found.options:
        own = nn.Conv2d(8, outputs, kernel, padding=kernel // 2, groups=cut.groups)
        assert cut.parameters == sum(p.numel() for p in own.parameters())
        assert cut.multiplications == own.weight.numel() * 32 * 32
        own.load_state_dict({"weight": blocks(found.weights, cut.groups)}, strict=False)
        with torch.no_grad():
            image = own(torch.from_numpy(inputs)).numpy()
        drift = cut.outputs - image  # the biases are not in the blob: they shift a whole channel
        np.testing.assert_allclose(drift, drift[:, :1, :1].repeat(32, 1).repeat(32, 2), atol=1e-5)


def blocks(weights: np.ndarray, groups: int) -> torch.Tensor:
    """The blocks along the diagonal, below each other."""
    rows, columns = weights.shape[0] // groups, weights.shape[1] // groups
    runs = [
        weights[g * rows : (g + 1) * rows, g * columns : (g + 1) * columns] for g in range(groups)
    ]
    return torch.from_numpy(np.concatenate(runs))


def test_the_picture_that_is_chosen_is_the_one_that_is_sent(dawn_runs: Path) -> None:
    at = open_page(model="toy", src=SENTENCE, channels="picture-cat~outputs-16~kernel-5")
    assert not at.exception
    header, arrays = sent(at, "separable")
    assert "“cat”" in header["provenance"]
    assert (len(header["outputs"]), header["kernel"]) == (16, 5)
    assert arrays["weights"].shape == (16, 8, 5, 5)
    np.testing.assert_array_equal(arrays["inputs"], as_bytes(channels_of(emoji("cat"))))
    found = all_cuts(channels_of(emoji("cat")), 16, 5)
    np.testing.assert_array_equal(arrays["outputs"][16:32], as_bytes(found.options[1].outputs))


def test_what_the_address_asks_for_and_is_not_there_is_told(dawn_runs: Path) -> None:
    at = open_page(model="toy", src=SENTENCE, channels="picture-unicorn rider~kernel-4")
    assert not at.exception
    assert "“picture-unicorn rider”, “kernel-4”, which is unknown here" in written(at).replace(
        "\\", ""
    )
    assert sent(at, "separable")[0]["kernel"] == 3


def test_a_choice_is_kept_in_the_look(dawn_runs: Path) -> None:
    at = open_page(model="toy", src=SENTENCE)
    at.selectbox(key="channels.picture").select("dog").run()
    assert at.query_params["channels"] == "picture-dog"
    assert "“dog”" in sent(at, "separable")[0]["provenance"]


@pytest.mark.parametrize("kind", ["encoder", "decoder", "cross"])
def test_maps_and_blocks_are_the_models(dawn_runs: Path, kind: str) -> None:
    at = open_page(model="toy", src=SENTENCE, kind=kind, layer="2")
    assert not at.exception
    header, arrays = sent(at, "cells")
    assert (header["heads"], header["width"], header["cells"]) == (3, 24, 24)
    info, look = find_model("toy"), Look(model="toy", src=SENTENCE, kind=kind, layer=2)
    explained, found = widths(info, look)
    name = header["tensor"].removesuffix(".weights")
    model = load_bundle(info.folder).model
    for one, matrix in found.matrices.items():
        weight = getattr(model.get_submodule(name), one).weight.detach().numpy()
        np.testing.assert_allclose(matrix, np.abs(weight), rtol=1e-6)
        np.testing.assert_allclose(arrays[one], np.abs(weight), rtol=2e-3, atol=1e-6)
    np.testing.assert_allclose(
        arrays["maps"], explained.tensors[f"{name}.weights"][0], rtol=2e-3, atol=1e-6
    )
    tokenizer = load_bundle(info.folder).src_tokenizer
    ids = torch.tensor([[*tokenizer.encode(SENTENCE).ids, 3]])
    with torch.no_grad(), tracing(model) as trace:
        model(ids, torch.tensor([explained.tgt_ids]))
    scores_of = trace[f"{name}.scores"][0].sum(0) / math.sqrt(3)
    if kind == "decoder":
        future = torch.ones_like(scores_of, dtype=torch.bool).triu(1)
        scores_of = scores_of.masked_fill(future, -math.inf)
    np.testing.assert_allclose(found.one, scores_of.softmax(-1).numpy(), atol=1e-6)
    assert found.own == {**found.single, "weights": 3 * found.single["weights"]}


@pytest.mark.parametrize("text", ["", "x" * 5000, "<script>alert(1)</script> **b**"])
def test_any_sentence_is_shown_or_answered(dawn_runs: Path, text: str) -> None:
    at = open_page(model="toy", src=text)
    assert not at.exception
    assert sent(at, "separable")  # the convolution needs no sentence
    assert not any("<script>" in element.proto.body for element in at.get("html"))


def test_two_models_read_the_sentence_and_are_what_the_page_says(dawn_runs: Path) -> None:
    one, many = head_pair.pair()
    assert (one.heads, many.heads, one.d_model) == (1, 8, many.d_model)
    assert one.layers == many.layers and one.step == many.step
    at = open_page(src="The dog sleeps.", kind="cross", channels="head-5")
    assert not at.exception
    shown = [
        header
        for element in at.get("bidi_component")
        if (header := read_blob(element.proto.bytes)[0]).get("address", "").startswith("maps")
    ]
    assert [header["address"] for header in shown] == ["maps1", "maps8"]
    assert [header["choice"] for header in shown] == [
        {"kind": "cross", "layer": 0, "head": 0},
        {"kind": "cross", "layer": 0, "head": 4},
    ]
    apart = scores(one.folder)["val/nll"] - scores(many.folder)["val/nll"]
    assert abs(apart) < 0.02, "the page says that there is no difference"
    assert f"{abs(apart):.3f} nats a token" in written(at)


def test_the_runs_that_the_page_links_to_say_what_it_says() -> None:
    at = open_page(src="The dog sleeps.")
    told = written(at)
    for name, loss in zip(head_pair.EARLIER, ("2.37", "1.97"), strict=True):
        events = read_events(shipped_folder() / name)
        metrics = [event.fields for event in events if event.kind == "metric"]
        found = [values["val/nll"] for values in metrics if "val/nll" in values]
        assert f"{found[-1]:.2f}" == loss
        assert loss in told
    for info in head_pair.pair():
        assert (shipped_folder() / info.key).is_dir()


def test_what_is_said_of_groups_is_what_was_measured(dawn_runs: Path) -> None:
    at = open_page(model="toy", src=SENTENCE)
    models = ROOT / "assets" / "models"
    kept = {
        key: json.loads((models / key / "gathering.json").read_text("utf-8"))["rows"]
        for key in ("cnn-4", "cnn-8", "cnn-32")
    }
    shown = next(table.value for table in at.table if "untrained model" in table.value)
    rows = [row for found in kept.values() for row in found]
    for heading, name in (
        ("in the fullest group", "share"),
        ("dealt at random", "by_chance"),
        ("untrained model", "untrained"),
    ):
        assert shown[heading].tolist() == [f"{row[name]:.1%}" for row in rows]
    assert shown["model"].tolist() == [key for key, found in kept.items() for _ in found]
    assert all(row["share"] > row["by_chance"] for row in rows)
    assert all(row["share"] > row["untrained"] for row in rows if row["layer"] < 4)
    last = {key: found[-1]["share"] - found[-1]["untrained"] for key, found in kept.items()}
    assert last["cnn-4"] < 0 and last["cnn-8"] < 0 < last["cnn-32"]
    for key, share in (("cnn", 99), ("cnn-4", 76), ("cnn-8", 67), ("cnn-32", 49)):
        found = json.loads((models / key / "pointing.json").read_text("utf-8"))
        assert round(100 * found["recognised"]) == share
        assert f"{share} %" in written(at)


def test_without_the_two_models_the_page_says_so(
    dawn_runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(head_pair, "PAIR", ("nobody", "nano-heads-8"))
    at = open_page(model="toy", src=SENTENCE)
    assert not at.exception
    assert "not among the assets" in written(at)
