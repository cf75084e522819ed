"""Grad-CAM's page: what is drawn is what the analysis gives, and the look holds all that is set."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from pages.ui import one_stream
from pages.ui.bridge import bridge
from pages.ui.catalogue import LookError, find_model
from pages.ui.gradcam_look import MOST, look_at, scene_of
from pages.ui.gradcam_measured import measured
from pages.ui.models import explain, load
from pages.ui.one_stream import eyes
from pages.ui.prose import escape_markdown
from tests.pages.blobs import sent
from trainer.emoji import labels
from transformer.analysis.case import open_case
from transformer.analysis.gradcam import grad_cam
from transformer.analysis.sight import open_sight
from transformer.analysis.sight_methods import sight_methods
from transformer.cnn import Cnn
from transformer.one_stream import load_one_stream
from transformer.vision import VisionTransformer

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "the red car is in front of the house"
TIGER, CAT = 0, 2
KEYS = ("cnn", "vision")


def open_page(**query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "pages" / "behind" / "gradcam.py"), default_timeout=60)
    for key, value in {"model": "toy", "src": SENTENCE, **query}.items():
        at.query_params[key] = value
    return at.run()


def seeing(folder: Path) -> Cnn | VisionTransformer:
    model = load_one_stream(folder).model
    assert isinstance(model, Cnn | VisionTransformer)
    return model


def written(at: AppTest) -> str:
    parts = [*at.markdown, *at.caption, *at.warning, *at.info]
    return " ".join(part.value for part in parts).replace("\u2060", "").replace("\\", "")


@pytest.mark.parametrize("key", KEYS)
def test_the_numbers_that_are_sent_are_those_of_the_analysis(dawn_runs: Path, key: str) -> None:
    at = open_page(gradcam=f"model-{key}~scene-5")
    assert not at.exception
    header, arrays = sent(at, "looks")
    scene = scene_of(5, "noto", ["tiger", "cat"])
    np.testing.assert_array_equal(arrays["image"], scene.image)
    np.testing.assert_array_equal(arrays["masks"], scene.masks)
    model = seeing(ROOT / "assets" / "models" / key)
    images = torch.from_numpy(scene.image).float().expand(2, -1, -1, -1) / 255
    sight = open_sight(model, images, [TIGER, CAT])
    methods = sight_methods(model)
    logits = sight.logits[[0, 1], [TIGER, CAT]]
    for name, own in (("logit", logits), ("probability", logits.sigmoid())):
        assert [query[name] for query in header["queries"]] == pytest.approx(own.tolist(), rel=1e-4)
    assert [(one["method"], one["layer"]) for one in header["looks"]] == [
        (method.name, method.layer) for method in methods
    ]
    for number, (told, method) in enumerate(zip(header["looks"], methods, strict=True)):
        maps = arrays[f"{number}.map"] * np.float32(told["scales"]["map"])
        np.testing.assert_allclose(
            maps, method.locate(sight).numpy(), rtol=2e-3, atol=1e-3 * told["scales"]["map"]
        )
    cam, last = grad_cam(sight, -1), header["looks"][len(methods) - 1 if key == "cnn" else 3]
    number = header["looks"].index(last)
    for query in (0, 1):
        order = last["numbers"][query]
        assert set(order) == set(cam.weights[query].abs().topk(MOST).indices.tolist())
        for name in ("activations", "gradients", "weights"):
            own = getattr(cam, name)[query, order].numpy()
            found = arrays[f"{number}.{name}"][query] * np.float32(last["scales"][name])
            np.testing.assert_allclose(found, own, rtol=2e-3, atol=1e-3 * np.abs(own).max())


def test_the_heads_that_are_sent_are_the_class_token_s_looks_at_the_patches(
    dawn_runs: Path,
) -> None:
    header, arrays = sent(open_page(gradcam="model-vision~scene-5"), "looks")
    images = torch.from_numpy(scene_of(5, "noto", ["tiger", "cat"]).image).float() / 255
    model = seeing(ROOT / "assets" / "models" / "vision")
    sight = open_sight(model, images.expand(2, -1, -1, -1), [TIGER, CAT])
    expected = {"activations": sight.weights(), "gradients": sight.weight_gradients()}
    layers = [told["layer"] for told in header["looks"] if told["part"] == "head"]
    assert layers == 2 * list(range(1, 1 + len(sight.weights())))
    for number, told in enumerate(header["looks"]):
        for name in told["has"] if told["part"] == "head" else []:
            pairs = expected[name][told["layer"] - 1]
            own = pairs[:, :, 0, 1:].unflatten(-1, (6, 6)).numpy()
            found = arrays[f"{number}.{name}"] * np.float32(told["scales"][name])
            np.testing.assert_allclose(found, own, rtol=2e-3, atol=1e-3 * np.abs(own).max())


def test_a_map_of_zeros_points_nowhere(dawn_runs: Path) -> None:
    """The last maps of a CNN have nothing to say for most that is not there."""
    absent = labels()[4].name
    header, arrays = sent(open_page(gradcam=f"model-cnn~scene-5~two-{absent}"), "looks")
    for number, told in enumerate(header["looks"]):
        zeros = [not one.any() for one in arrays[f"{number}.map"]]
        assert [point is None for point in told["hottest"]] == zeros
        assert not any(name for name, none in zip(told["on"], zeros, strict=True) if none)
    assert zeros == [False, True]


def test_all_channels_come_when_they_are_asked_for(dawn_runs: Path) -> None:
    at = open_page()
    assert sent(at, "looks")[0]["looks"][-1]["shown"] == MOST
    at.toggle(key="gradcam.all").set_value(True).run()
    assert at.query_params["gradcam"] == "all-True"
    header, arrays = sent(at, "looks")
    for number, told in enumerate(header["looks"]):
        assert told["shown"] == told["count"]
        assert sorted(told["numbers"][1]) == list(range(told["count"]))
        parts = arrays[f"{number}.weights"] * np.float32(told["scales"]["weights"])
        shares = (
            parts[..., None, None]
            * arrays[f"{number}.activations"]
            * np.float32(told["scales"]["activations"])
        )
        whole = arrays[f"{number}.summed"] * np.float32(told["scales"]["summed"])
        np.testing.assert_allclose(shares.sum(1), whole, atol=0.02 * told["scales"]["summed"])


def test_what_the_hottest_point_lies_on_is_what_the_scene_says(dawn_runs: Path) -> None:
    at = open_page(gradcam="emoji-tiger,cat,dog~scene-9~one-cat~two-lion")
    header, arrays = sent(at, "looks")
    assert header["placed"] == ["tiger", "cat", "dog"]
    assert [(query["name"], query["there"]) for query in header["queries"]] == [
        ("cat", True),
        ("lion", False),
    ]
    assert not arrays["masks"][1].any()
    scene = scene_of(9, "noto", header["placed"])
    seen = dict(zip(header["placed"], scene.masks, strict=True))
    for number, told in enumerate(header["looks"]):
        maps, (rows, columns) = arrays[f"{number}.map"], told["size"]
        for own, point, name in zip(maps, told["hottest"], told["on"], strict=True):
            assert point is not None
            cell = point[0] * rows // header["side"], point[1] * columns // header["side"]
            assert own[cell] == own.max()
            lies_on = {one for one, mask in seen.items() if mask[tuple(point)]}
            assert lies_on == ({name} if name else set())


def test_a_picture_of_another_size_is_refused_in_a_sentence() -> None:
    with pytest.raises(LookError, match="pictures of another size"):
        look_at(eyes("cnn")[0], np.zeros((3, 48, 48), np.uint8), [TIGER, CAT])


def test_other_emoji_bring_their_own_queries_and_the_address_keeps_them(dawn_runs: Path) -> None:
    at = open_page(gradcam="two-lion")
    at.multiselect(key="gradcam.emoji").set_value(["dog", "horse"]).run()
    assert at.query_params["gradcam"] == "emoji-dog,horse"
    assert [query["name"] for query in sent(at, "looks")[0]["queries"]] == ["dog", "horse"]
    at.multiselect(key="gradcam.emoji").set_value([]).run()
    assert not at.exception
    assert "Choose at least one emoji" in written(at)


def test_what_the_address_asks_for_and_is_not_there_is_told(dawn_runs: Path) -> None:
    asked = "model-eye~emoji-tiger,unicorn rider~scene-0~vendor-me~one-<b>x</b>"
    at = open_page(gradcam=asked)
    assert not at.exception
    told = written(at)
    for part in ("model-eye", "emoji-tiger,unicorn rider", "scene-0", "vendor-me", "<b>x</b>"):
        assert part in told
    assert [query["name"] for query in sent(at, "looks")[0]["queries"]] == ["tiger", "cat"]


@pytest.mark.parametrize("key", KEYS)
def test_the_script_prints_the_maps(
    dawn_runs: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    header, _ = sent(open_page(gradcam=f"model-{key}~vendor-twemoji~scene-6"), "looks")
    last = len(header["looks"]) - 1  # a larger map would be printed with its middle left out
    monkeypatch.chdir(ROOT)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(header["script"].replace("LOOK", str(last)), {})
    largest = max(map(float, re.findall(r"\d+\.\d+(?:e[+-]\d+)?", printed.getvalue())))
    found = look_at(
        next(info for info in eyes("cnn", "vision") if info.key == key),
        scene_of(6, "twemoji", ["tiger", "cat"]).image,
        [TIGER, CAT],
    )
    assert largest == pytest.approx(float(found.steps[last].map.max()), rel=1e-3)


@pytest.mark.parametrize("key", KEYS)
def test_the_table_is_the_file_beside_the_model(dawn_runs: Path, key: str) -> None:
    at = open_page(gradcam=f"model-{key}")
    folder = ROOT / "assets" / "models" / key
    kept = json.loads((folder / "pointing.json").read_text("utf-8"))
    model = seeing(folder)
    assert [(row["method"], row["layer"]) for row in kept["rows"]][:-2] == [
        (method.name, method.layer) for method in sight_methods(model)
    ]
    shown = at.table[0].value
    for heading, name in (
        ("on the query", "on_query"),
        ("on another emoji", "on_another"),
        ("map of zeros", "nowhere"),
        ("on the query, untrained model", "untrained"),
    ):
        assert shown[heading].tolist() == [f"{row[name]:.1%}" for row in kept["rows"]]
    layers = [str(row["layer"] or "all") for row in kept["rows"][:-2]]
    assert shown["layer"].tolist() == [*layers, "", ""]
    assert f"{kept['recognised']:.1%} of the scenes" in written(at)


def test_a_file_that_is_none_is_no_measurement(tmp_path: Path) -> None:
    assert measured(tmp_path, "pointing.json") is None
    for text in ("", "[]", '{"rows": [1]}', "[" * 100_000):
        (tmp_path / "pointing.json").write_text(text, "utf-8")
        assert measured(tmp_path, "pointing.json") is None


def test_the_bridge_is_the_formula_on_attention(dawn_runs: Path) -> None:
    info = find_model("toy")
    src, tgt = (5, 9, 12, 3), (2, 7, 8)
    found = bridge(info, src, tgt, 1)
    model = load(info).model
    case = open_case(model, torch.tensor([src]), torch.tensor([tgt]), 1, 8)
    assert found.weights.shape == (3, 4)
    np.testing.assert_allclose(found.weights.sum(-1), 1, atol=1e-5)
    np.testing.assert_allclose(found.product, np.maximum(0, found.weights * found.gradients))
    np.testing.assert_allclose(found.mean, found.product.mean(0), atol=1e-7)
    np.testing.assert_array_equal(found.weights, case.weights("cross")[-1][:, -1].numpy())
    gradients = case.weight_gradients("cross")[-1][:, -1].numpy()
    np.testing.assert_array_equal(found.gradients, gradients)
    assert all(parameter.grad is None for parameter in model.parameters())
    with pytest.raises(LookError, match="up to 64 pieces"):
        bridge(info, (5,) * 66, tgt, 1)


def test_the_rows_of_the_bridge_are_sent_as_they_are_named(
    dawn_runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = open_page(word="2")
    header, arrays = sent(at, "titles")
    labels, heads = len(header["labels"]), header["heads"]
    numbers = arrays["numbers"]
    assert numbers.shape == (3 * heads + 1, labels) and len(header["titles"]) == 4
    weights, gradients, product, mean = np.split(numbers, [heads, 2 * heads, 3 * heads])
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(product, np.maximum(0, weights * gradients), rtol=1e-5)
    np.testing.assert_allclose(mean[0], product.mean(axis=0), rtol=1e-5)
    assert header["start"] == mean[0].argmax()
    rows = (0, heads, 2 * heads, 3 * heads)
    for row, cell in zip(rows, header["cells"], strict=True):
        code = header["script"].replace("CELL", cell.replace("HEAD", "0").replace("PIECE", "1"))
        exec(compile(code, "the script", "exec"), {})
        assert float(capsys.readouterr().out) == pytest.approx(numbers[row, 1], rel=1e-4, abs=1e-9)


def test_the_word_of_the_look_is_the_one_that_is_asked_about(dawn_runs: Path) -> None:
    for word in (1, 2):
        at = open_page(word=str(word))
        assert not at.exception
        about = sent(at, "titles")[0]["provenance"]
        assert f"decoder.layers.1.cross_attention.weights[0, :, {word - 1}]" in about


@pytest.mark.parametrize("src", [SENTENCE, "*_`*_`"])
def test_the_sentence_below_the_bridge_is_what_its_mean_says(dawn_runs: Path, src: str) -> None:
    pieces = explain(find_model("toy"), src).tgt_pieces[1:]
    for place, word in ((2, pieces[1]), (len(pieces) + 1, "[EOS]")):
        at = open_page(src=src, word=str(place))
        header, arrays = sent(at, "titles")
        mean, labels = arrays["numbers"][-1], ["".join(t for t, _ in p) for p in header["labels"]]
        first, second = (escape_markdown(labels[number]) for number in np.argsort(-mean)[:2])
        told = next(one.value for one in at.markdown if "rests most" in one.value)
        assert told.startswith(f"“{escape_markdown(word.strip())}” rests most on **{first}** (")
        assert f"({mean.max() / mean.sum():.0%} of" in told and f"then on **{second}**" in told


@pytest.mark.parametrize("text", ["", "x" * 900, "<script>alert(1)</script> **b**"])
def test_any_sentence_is_shown_or_answered(dawn_runs: Path, text: str) -> None:
    at = open_page(src=text)
    assert not at.exception
    assert sent(at, "looks")  # the picture needs no sentence
    assert not any("<script>" in element.proto.body for element in at.get("html"))


def test_without_models_that_see_the_page_says_so(
    dawn_runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_stream, "list_one_stream", lambda *_: [])
    at = open_page()
    assert not at.exception
    assert "None of the models that see" in written(at)


def test_a_blob_stays_within_the_budget_of_all_heads(dawn_runs: Path) -> None:
    for key in ("cnn", "cnn-4", "vision"):
        at = open_page(gradcam=f"model-{key}")
        sizes = [len(element.proto.bytes) for element in at.get("bidi_component")]
        assert max(sizes) < 320_000, key
    assert os.path.getsize(ROOT / "assets" / "models" / "cnn" / "pointing.json") < 4_000
