"""An image in sixteen-pixel words: what is drawn is what the model makes of that picture."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages.ui import one_stream, patches_view, picture_choice
from pages.ui.held_out import scores
from pages.ui.one_stream import eyes
from pages.ui.seeing import Seen, alike_positions, painting_errors, project, see
from tests.pages.blobs import sent
from trainer.digits import digits
from trainer.emoji import labels
from trainer.images import VALID_SEED
from trainer.scenes import compose
from transformer.analysis.beside import as_near_by_chance, likeness
from transformer.one_stream import OneStream, load_one_stream, save_one_stream
from transformer.patches import cut, joined
from transformer.trace import tracing
from transformer.vision import VisionConfig, VisionTransformer

ROOT = Path(__file__).resolve().parents[2]
LINEAR, CNN = "vision", "vision-cnn"
HIDDEN = 0b1011 << 20  # patches 21, 22 and 24, counted from 1


def open_page(**query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "pages" / "behind" / "vision.py"), default_timeout=60)
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def written(at: AppTest) -> str:
    parts = [*at.markdown, *at.caption, *at.warning, *at.info]
    return " ".join(part.value for part in parts).replace("\u2060", "").replace("\\", "")


def scene(number: int = 9, vendor: str = "noto") -> np.ndarray:
    return compose(VALID_SEED, number, (vendor,)).image


@pytest.mark.parametrize("key", [LINEAR, CNN])
def test_what_is_sent_is_what_the_model_makes_of_the_scene(key: str) -> None:
    at = open_page(vision=f"scene-5~vendor-twemoji~model-{key}~hidden-{HIDDEN:x}")
    assert not at.exception
    header, arrays = sent(at, "patch")
    image = scene(5, "twemoji")
    np.testing.assert_array_equal(arrays["image"], image)
    assert header["hidden"] == [20, 21, 23]
    info = next(one for one in eyes("vision") if one.key == key)
    model: Any = load_one_stream(info.folder).model
    images = torch.from_numpy(image)[None].float() / 255
    hidden = torch.zeros(1, 36, dtype=torch.bool)
    hidden[0, [20, 21, 23]] = True
    with torch.no_grad(), tracing(model) as trace:
        output = model(images, hidden)
    weights = np.stack(
        [trace[f"encoder.layers.{n}.self_attention.weights"][0] for n in range(4)]
    ).astype(np.float16)
    np.testing.assert_array_equal(arrays["attention"], weights)
    mixed = torch.where(hidden[..., None], output.pixels.clamp(0, 1), cut(images, 16))
    np.testing.assert_allclose(
        arrays["painted"], 255 * joined(mixed, 16, 3)[0].numpy(), atol=0.5 + 1e-3
    )
    with torch.no_grad():
        whole = model(images).classes.sigmoid()[0]
    chances, names = output.classes.sigmoid()[0], [label.name for label in labels()]
    for one in header["classes"]:
        number = names.index(one["name"])
        assert one["now"] == pytest.approx(float(chances[number]), abs=1e-6)
        assert one["whole"] == pytest.approx(float(whole[number]), abs=1e-6)
    shown = [names.index(one["name"]) for one in header["classes"]]
    assert {*chances.topk(8).indices.tolist(), *whole.topk(4).indices.tolist()} <= {*shown}
    assert shown == sorted(shown, key=lambda number: -float(whole[number]))
    drawn = Seen(np.zeros(0), np.zeros(0), arrays["painted"])
    assert header["errors"] == list(painting_errors(image, drawn, HIDDEN, 16))
    assert header["sum"] == pytest.approx(float(chances.sum()), abs=1e-5)
    there = {labels()[each.emoji].name for each in compose(VALID_SEED, 5).placed}
    assert {one["name"] for one in header["classes"] if one["there"]} == there


def test_hiding_no_patch_changes_nothing() -> None:
    for info in eyes("vision"):
        model: Any = load_one_stream(info.folder).model
        image = scene()
        with torch.no_grad():
            output = model(torch.from_numpy(image)[None].float() / 255)
        seen = see(info, image)
        np.testing.assert_array_equal(seen.probabilities, output.classes.sigmoid()[0].numpy())
        np.testing.assert_array_equal(seen.painted, image)
        assert (see(info, image, 1).probabilities != seen.probabilities).any()


def test_a_hidden_patch_is_not_seen() -> None:
    """Whatever is behind it, the model answers the same; the patch beside it does matter."""
    info, image = eyes("vision")[0], scene()
    behind, beside = image.copy(), image.copy()
    behind[:, 32:48, 32:48] = 255 - behind[:, 32:48, 32:48]  # patch 14, counted from 0
    beside[:, 32:48, 48:64] = 255 - beside[:, 32:48, 48:64]
    one, same, other = (see(info, each, 1 << 14) for each in (image, behind, beside))
    np.testing.assert_array_equal(one.probabilities, same.probabilities)
    assert (one.probabilities != other.probabilities).any()


def test_a_convolution_made_of_the_linear_layer_gives_the_same_vectors() -> None:
    linear, cnn = eyes("vision")
    vectors = project(linear, scene())
    assert vectors.twin is not None
    assert vectors.own.shape == (36, 96)
    assert 0 < vectors.apart < 1e-5 * np.abs(vectors.own).max()
    assert project(cnn, scene()).twin is None
    at = open_page()
    assert f"**{vectors.apart:.1e}**" in written(at)
    assert "no two are further apart" not in written(open_page(vision=f"model-{CNN}"))


def test_positions_are_compared_without_that_of_the_class_token() -> None:
    info = eyes("vision")[0]
    model: Any = load_one_stream(info.folder).model
    table = model.positions.table.detach()[1:]
    own = torch.nn.functional.cosine_similarity(table[:, None], table[None], dim=-1).numpy()
    np.testing.assert_allclose(alike_positions(info), own, atol=1e-5)


def test_positions_are_most_like_those_around_them_as_the_page_says() -> None:
    rows, columns = np.divmod(np.arange(36), 6)
    apart = np.maximum(abs(rows[:, None] - rows), abs(columns[:, None] - columns))
    for info in eyes("vision"):
        alike = alike_positions(info)
        near = np.where(apart == 1, alike, np.nan)
        far = np.where(apart > 1, alike, np.nan)
        assert np.nanmean(near) > np.nanmean(far) + 0.1
        assert (np.nanmax(near, axis=1) > np.nanmean(far, axis=1)).all()


def test_paint_is_measured_where_patches_are_hidden_and_nowhere_else() -> None:
    picture = np.zeros((3, 32, 32), np.uint8)
    picture[:, :16, :16] = 255
    painted = picture.copy()
    painted[:, :16, :16] = 51
    seen = Seen(np.zeros(0), np.zeros(0), painted)
    assert painting_errors(picture, seen, 0b0001, 16) == pytest.approx((0.64, 1.0))
    seen.painted[:, :16, 16:] = 51  # patch 1, in the first row; patch 2 stays as it is
    assert painting_errors(picture, seen, 0b0010, 16)[0] == pytest.approx(0.04)
    assert painting_errors(picture, seen, 0b0100, 16)[0] == 0
    assert painting_errors(picture, seen, 0, 16) == ()
    assert painting_errors(picture, seen, 0b1111, 16) == ()


def test_what_may_be_hidden_and_what_is_after_a_press() -> None:
    assert patches_view.after(0, {"patch": 3}, 36) == 8
    assert patches_view.after(8, {"patch": 3}, 36) == 0
    for nonsense in ({"patch": 36}, {"patch": -1}, {"patch": True}, {"all": "many"}, {}):
        assert patches_view.after(8, nonsense, 36) == 8
    assert patches_view.after(8, {"all": "none"}, 36) == 0
    half = patches_view.after(0, {"all": "half"}, 36)
    assert half.bit_count() == 18
    assert half == patches_view.after(0, {"all": "half"}, 36)
    assert half != patches_view.after(half, {"all": "half"}, 36)


@pytest.mark.parametrize("hidden", ["xyz", "fffffffffff", "1000000000", "-1", "1_0", "٣"])
def test_hidden_patches_that_are_not_there_are_told(hidden: str) -> None:
    at = open_page(vision=f"hidden-{hidden}")
    assert not at.exception
    assert "which is unknown here" in written(at)
    assert sent(at, "patch")[0]["hidden"] == []


def test_a_choice_is_kept_in_the_look_and_another_scene_hides_nothing() -> None:
    at = open_page(vision="scene-5~hidden-3")
    next(button for button in at.button if button.label == "Another scene").click().run()
    assert at.query_params["vision"] == "scene-6"
    at.multiselect(key="vision.with").set_value([0, 2]).run()
    assert "with-0.2" in at.query_params["vision"]
    header, arrays = sent(at, "patch")
    np.testing.assert_array_equal(
        arrays["image"], compose(VALID_SEED, 6, ("noto",), chosen=[0, 2]).image
    )
    assert {one["name"] for one in header["classes"] if one["there"]} == {"tiger", "cat"}


@pytest.mark.parametrize("chosen", ["0.0", "999", "1.2.3.4.5", "cat"])
def test_emoji_that_are_not_there_are_told(chosen: str) -> None:
    at = open_page(vision=f"with-{chosen}")
    assert not at.exception
    assert f"“with-{chosen}”, which is unknown here" in written(at)


def given(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """As if a person had chosen that file."""
    monkeypatch.setattr(picture_choice.st, "file_uploader", lambda *_, **__: io.BytesIO(data))


def test_a_persons_own_picture_is_seen_and_no_class_is_said_to_be_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = io.BytesIO()
    Image.new("RGB", (200, 120), (220, 30, 30)).save(file, "PNG")
    given(monkeypatch, file.getvalue())
    at = open_page(vision="from-file")
    assert not at.exception and not at.warning
    header, arrays = sent(at, "patch")
    assert arrays["image"].shape == (3, 96, 96)
    assert (arrays["image"][0] == 220).all()
    assert not header["known"] and not any(one["there"] for one in header["classes"])
    assert "96 × 96 pixels" in written(at)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"not an image", "no picture that can be read"),
        (b"<svg xmlns='x'><script>alert(1)</script></svg>", "An SVG is instructions"),
        (b"\x89PNG\r\n\x1a\n", "no picture that can be read"),
    ],
)
def test_a_file_that_is_no_picture_is_one_sentence_beside_a_scene(
    monkeypatch: pytest.MonkeyPatch, data: bytes, told: str
) -> None:
    given(monkeypatch, data)
    at = open_page(vision="from-file")
    assert not at.exception
    assert len(at.warning) == 1 and told in written(at)
    np.testing.assert_array_equal(sent(at, "patch")[1]["image"], scene())


@pytest.mark.parametrize("source", ["file", "camera"])
def test_without_a_picture_the_page_says_that_a_link_carries_none(source: str) -> None:
    at = open_page(vision=f"from-{source}")
    assert not at.exception
    assert "a link never carries one" in written(at)
    assert sent(at, "patch")


def test_the_table_has_the_scores_of_each_bundle() -> None:
    at = open_page()
    table = at.table[0].value
    for row, info in enumerate(eyes("vision")):
        own = scores(info.folder)
        assert own["val/style_recall"] < own["val/recall"] / 2
        assert table["Recall, Noto"].iloc[row] == f"{own['val/recall']:.3f}"
        assert table["Recall, Twemoji"].iloc[row] == f"{own['val/style_recall']:.3f}"
    first = scores(eyes("vision")[0].folder)
    assert f"{first['val/style_recall']:.3f} in Twemoji's" in written(at)


def digits_run(runs: Path) -> VisionTransformer:
    """A model of digits, random, as a run called "own" exports it."""
    torch.manual_seed(2)
    sizes = VisionConfig(10, 8, 2, 1, layers=2, d_model=16, d_ff=32, heads=2)
    model = VisionTransformer(sizes).eval()
    about = {"title": "Own", "images": "digits", "exclusive": True}
    bundle = OneStream("vision", model, None, tuple("0123456789"), about)
    save_one_stream(runs / "own" / "export", bundle, kind="float32")
    return model


def test_a_run_that_learned_digits_is_looked_into(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = digits_run(runs)
    at = open_page(vision="model-own~digit-7~gone-81")
    assert not at.exception
    header, arrays = sent(at, "patch")
    image, label = digits()[1].images[7], digits()[1].labels[7]
    np.testing.assert_array_equal(arrays["image"], np.repeat(image, 3, axis=0))
    assert (header["side"], header["patch"], header["channels"]) == (8, 2, 1)
    assert header["hidden"] == [0, 7] and header["exclusive"]
    hidden = torch.zeros(1, 16, dtype=torch.bool)
    hidden[0, [0, 7]] = True
    images = torch.from_numpy(image)[None].float() / 255
    with torch.no_grad(), tracing(model) as trace:
        output = model(images, hidden)
    chances = output.classes.softmax(dim=-1)[0]
    for one in header["classes"]:
        assert one["now"] == pytest.approx(float(chances[int(one["name"])]), abs=1e-6)
        assert one["there"] == (int(one["name"]) == label)
    assert header["sum"] == pytest.approx(1, abs=1e-5)
    weights = trace["encoder.layers.1.self_attention.weights"][0].numpy()
    np.testing.assert_allclose(arrays["attention"][1], weights, atol=1e-3)
    mixed = torch.where(hidden[..., None], output.pixels.clamp(0, 1), cut(images, 2))
    painted = 255 * joined(mixed, 2, 1)[0].numpy()
    np.testing.assert_allclose(arrays["painted"][:1], painted, atol=0.5 + 1e-3)
    assert "4 rows of 4 patches" in written(at) and "2 × 2 pixels, 4 numbers" in written(at)
    assert "Twemoji" not in written(at)
    code = header["script"].replace("LAYER", "1").replace("HEAD", "0").replace("TOKEN", "2")
    exec(compile(code, "the script", "exec"), {})
    printed = json.loads(capsys.readouterr().out)
    np.testing.assert_allclose(printed, weights[0, 2], atol=1e-6)


def test_what_is_hidden_of_a_digit_is_kept_apart_from_what_is_hidden_of_a_scene(
    runs: Path,
) -> None:
    digits_run(runs)
    at = open_page(vision="model-own~hidden-fff000000~gone-1")
    assert sent(at, "patch")[0]["hidden"] == [0]
    assert "unknown here" not in written(at)
    at.segmented_control(key="vision.model").set_value(LINEAR).run()
    assert sent(at, "patch")[0]["hidden"] == list(range(24, 36))
    at = open_page(vision="model-own~gone-3")
    next(button for button in at.button if button.label == "Another picture").click().run()
    assert at.query_params["vision"] == "model-own~digit-1"


def test_likeness_is_that_of_neighbours_and_of_the_others() -> None:
    alike = np.array([[1, 0.5, 0.1], [0.5, 1, 0.25], [0.1, 0.25, 1]])
    whole = np.kron(np.ones((3, 3)), alike)  # three rows of three, alike in columns alone
    near, far = likeness(whole)
    rows, columns = np.divmod(np.arange(9), 3)
    pairs = [(a, b) for a in range(9) for b in range(9)]
    apart = {(a, b): max(abs(rows[a] - rows[b]), abs(columns[a] - columns[b])) for a, b in pairs}
    assert near == pytest.approx(np.mean([whole[p] for p in pairs if apart[p] == 1]))
    assert far == pytest.approx(np.mean([whole[p] for p in pairs if apart[p] > 1]))
    draw, uneven = np.random.default_rng(0), whole + np.outer(rows, rows) / 10
    beside, near = [p for p in pairs if apart[p] == 1], likeness(uneven)[0]
    orders = [draw.permutation(9) for _ in range(200)]
    means = [np.mean([uneven[order[a], order[b]] for a, b in beside]) for order in orders]
    assert 0 < as_near_by_chance(uneven) == sum(mean >= near for mean in means) < 200


def test_the_verdict_on_positions_is_that_of_random_orders(runs: Path) -> None:
    digits_run(runs)  # which has learned nothing
    for key, found in ((LINEAR, True), ("digits", True), ("own", False)):
        info = next(i for i in eyes("vision", images=("emoji", "digits")) if i.key == key)
        times, shown = (
            as_near_by_chance(alike_positions(info)),
            written(open_page(vision=f"model-{key}")),
        )
        assert (times == 0) == found
        assert ("the model found out" in shown) == found
        near, far = likeness(alike_positions(info))
        assert f"**{near:.2f}**".replace("-", "−") in shown
        assert f"all others **{far:.2f}**".replace("-", "−") in shown


def test_without_a_model_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_stream, "list_one_stream", lambda *_: [])
    at = open_page()
    assert not at.exception
    assert "There is no vision encoder among the assets" in written(at)
