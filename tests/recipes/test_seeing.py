"""The tables of trained eyes: what they count, on small models."""

import json
from pathlib import Path

import pytest
import torch

from recipes import seeing
from trainer.emoji import labels
from transformer.cnn import Cnn, CnnConfig
from transformer.folders import bundle_hash
from transformer.one_stream import OneStream, save_one_stream
from transformer.vision import VisionConfig, VisionTransformer

CLASSES = tuple(label.name for label in labels())


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Eyes that have learned nothing."""
    folder = tmp_path_factory.mktemp("eyes")
    torch.manual_seed(0)
    count = len(CLASSES)
    eyes = {
        "vision": VisionTransformer(VisionConfig(count, layers=2, d_model=8, d_ff=8, heads=2)),
        "cnn": Cnn(CnnConfig(count, widths="8,16,16", groups=2)),
    }
    for name, model in eyes.items():
        about = {"title": name, "images": "emoji"}
        save_one_stream(folder / name, OneStream(name, model, None, CLASSES, about))
    return [folder / name for name in eyes]


def table(text: str) -> list[list[str]]:
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]


def test_scenes_to_point_at_have_more_than_one_emoji() -> None:
    made = [scene for batch in seeing.batches(130, "noto") for scene in batch]
    assert len(made) == 130
    assert {len(scene.placed) for scene in made} == {2, 3, 4}
    assert len({scene.image.tobytes() for scene in made}) == 130


def test_scores(bundles: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    seeing.scores(bundles, 6)
    rows = table(capsys.readouterr().out)[2:]
    assert [(cells[0], cells[2]) for cells in rows] == [
        (name, vendor) for name in ("vision", "cnn") for vendor in ("noto", "twemoji")
    ]
    assert all(0 <= float(cells[3]) <= 1 for cells in rows)


def test_pointing_has_a_row_for_each_method_and_the_baselines_of_the_scenes(
    bundles: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    seeing.pointing(bundles, 12, "noto", keep=False)
    printed = capsys.readouterr().out
    rows = {tuple(cells[:3]): cells[3:] for cells in table(printed)}
    assert {("vision", "relevance", "all"), ("vision", "attention", "2")} <= set(rows)
    assert {("cnn", "Grad-CAM", "1"), ("cnn", "Grad-CAM", "3")} <= set(rows)
    assert ("cnn", "rollout", "all") not in rows
    chance = {name: cells for name, cells in rows.items() if name[1] == "a random pixel"}
    masks = [scene for batch in seeing.batches(12, "noto") for scene in batch]
    shares = [
        float(scene.masks[number % len(scene.placed)].mean()) for number, scene in enumerate(masks)
    ]
    for cells in chance.values():
        assert float(cells[0].split()[0]) == pytest.approx(sum(shares) / 12, abs=6e-4)
        assert cells[0].split()[0] == cells[4]  # the same scenes for the model that knows nothing
    assert "vision recognises" in printed


def test_what_is_kept_is_what_was_printed_and_is_no_part_of_the_model(
    bundles: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    before = bundle_hash(bundles[1])
    seeing.pointing(bundles[1:], 12, "twemoji", keep=True)
    rows = table(capsys.readouterr().out)[2:]
    kept = json.loads((bundles[1] / "pointing.json").read_text("utf-8"))
    assert (kept["scenes"], kept["vendor"]) == (12, "twemoji")
    assert [f"{row['on_query']:.3f}" for row in kept["rows"]] == [
        cells[3].split()[0] for cells in rows
    ]
    assert [row["layer"] for row in kept["rows"]] == [1, 2, 3, None, None]
    assert bundle_hash(bundles[1]) == before


def test_gathering_is_of_cnns_alone(
    bundles: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    seeing.gather(bundles, 30, keep=True)
    rows = table(capsys.readouterr().out)[2:]
    assert not (bundles[0] / "gathering.json").exists()
    kept = json.loads((bundles[1] / "gathering.json").read_text("utf-8"))
    assert [f"{row['share']:.3f}" for row in kept["rows"]] == [cells[3] for cells in rows]
    assert [cells[:3] for cells in rows] == [["cnn", "2", "2"], ["cnn", "3", "2"]]
    assert all(0.5 <= float(cells[column]) <= 1 for cells in rows for column in (3, 4, 6))


def test_another_model_is_one_sentence(tmp_path: Path) -> None:
    model = Cnn(CnnConfig(10, image=8, channels=1, widths="4"))
    digits = OneStream("cnn", model, None, tuple("0123456789"), {"images": "digits"})
    save_one_stream(tmp_path / "digits", digits)
    with pytest.raises(SystemExit, match="digits sees no scenes of emoji"):
        seeing.load(tmp_path / "digits")
