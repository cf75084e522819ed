"""Learning to see: the data, the loss of a batch against torch's own, and that it falls."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader

from trainer.digits import digits
from trainer.image_scores import average_precision, image_scores, recall
from trainer.images import (
    PAINTING,
    DigitImages,
    Scenes,
    class_losses,
    collate_images,
    hide,
    image_data,
    image_losses,
)
from trainer.stored_scenes import StoredScenes, holds
from transformer.cnn import Cnn, CnnConfig
from transformer.patches import cut
from transformer.vision import VisionConfig, VisionTransformer

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Settings:
    images: str
    seed: int = 1


def digit_model() -> VisionTransformer:
    torch.manual_seed(0)
    sizes = VisionConfig(10, 8, 2, 1, layers=2, d_model=32, d_ff=64, heads=2)
    return VisionTransformer(sizes)


def test_digits_are_the_same_split_each_time_and_share_no_image() -> None:
    train, held_out = digits()
    assert (len(train.labels), len(held_out.labels)) == (1500, 297)
    assert train.images.max() == 255
    own = {image.tobytes() for image in train.images}
    assert not own & {image.tobytes() for image in held_out.images}
    assert set(held_out.labels.tolist()) == set(range(10))


def test_digits_to_learn_from_are_moved_and_those_held_out_are_not() -> None:
    train, held_out = DigitImages(False, seed=1, rounds=3), DigitImages(True)
    assert len(train) == 4500
    rounds = [train[5 + 1500 * number] for number in range(3)]
    assert len({image.tobytes() for image, _ in rounds}) > 1
    assert {int(label.argmax()) for _, label in rounds} == {int(digits()[0].labels[5])}
    assert np.array_equal(train[7][0], DigitImages(False, seed=1)[7][0])
    assert np.array_equal(held_out[3][0], digits()[1].images[3])
    with pytest.raises(IndexError):
        held_out[297]


def test_what_is_held_out_by_style_is_by_the_other_vendor() -> None:
    data = image_data(Settings("emoji"))
    assert isinstance(data.train, Scenes)
    assert isinstance(data.valid, Scenes)
    assert isinstance(data.by_style, Scenes)
    assert data.train.vendors == data.valid.vendors == ("noto",)
    assert data.by_style.vendors == ("twemoji",)
    assert data.train.seed != data.valid.seed
    assert (data.train.varied, data.valid.varied, data.by_style.varied) == (True, False, False)
    image, there = data.train[12]
    assert image.shape == (data.channels, data.image, data.image)
    assert there.shape == (len(data.classes),)


def test_a_loader_gives_bytes_and_labels() -> None:
    data = image_data(Settings("emoji"))
    images, there = next(iter(DataLoader(data.train, 4, collate_fn=collate_images)))
    assert images.dtype == torch.uint8
    assert images.shape == (4, 3, 96, 96)
    assert torch.equal(there[2], torch.from_numpy(data.train[2][1]))


def test_losses_are_torch_s() -> None:
    torch.manual_seed(0)
    logits, classes = torch.randn(6, 10), torch.randint(10, (6,))
    one = nn.functional.one_hot(classes, 10).float()
    own = class_losses(logits, one, exclusive=True)
    torch.testing.assert_close(
        own.sum(), nn.functional.cross_entropy(logits, classes, reduction="sum")
    )
    several = (torch.rand(6, 10) < 0.3).float()
    own = class_losses(logits, several, exclusive=False)
    torch.testing.assert_close(own.sum(), nn.BCEWithLogitsLoss(reduction="sum")(logits, several))


def test_hidden_patches_add_their_mean_squared_error() -> None:
    model, images = digit_model(), torch.randint(256, (6, 1, 8, 8), dtype=torch.uint8)
    there = nn.functional.one_hot(torch.arange(6), 10).float()
    plain = image_losses(model, images, there, 0.0, exclusive=True)
    assert torch.equal(plain[0], plain[1])
    torch.manual_seed(3)
    loss, nll, count = image_losses(model, images, there, 0.5, exclusive=True)
    torch.manual_seed(3)
    hidden = hide(6, 16, 8, "cpu")
    hidden[::2] = False
    output = model(images.float() / 255, hidden)
    errors = (output.pixels - cut(images.float() / 255, 2)).square()
    expected = sum(errors[row][hidden[row]].mean() for row in (1, 3, 5))
    torch.testing.assert_close(loss - nll, PAINTING * expected)
    assert count == 6


def test_as_many_patches_are_hidden_as_asked_and_others_each_time() -> None:
    hidden = hide(50, 36, 9, "cpu")
    assert (hidden.sum(dim=1) == 9).all()
    assert len({tuple(row.tolist()) for row in hidden}) > 45
    assert hidden.any(dim=0).all()


def test_recall_counts_among_as_many_as_there_are() -> None:
    scores = torch.tensor([[3.0, 2.0, 1.0, 0.0], [0.0, 1.0, 2.0, 3.0]])
    labels = torch.tensor([[1.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    assert recall(scores, labels) == pytest.approx(2 / 3)


def test_average_precision_by_hand_and_of_chance() -> None:
    scores = np.array([[4.0, 0.0], [3.0, 0.0], [2.0, 0.0], [1.0, 0.0]])
    labels = np.array([[1.0, 0.0], [0.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
    assert average_precision(scores, labels) == pytest.approx((1 + 2 / 3) / 2)
    draw = np.random.default_rng(0)
    labels = (draw.random((4000, 5)) < 0.1).astype(float)
    assert average_precision(draw.random((4000, 5)), labels) == pytest.approx(0.1, abs=0.03)


def test_scores_of_both_kinds_of_eyes() -> None:
    loader = DataLoader(Scenes(4, 12, ("noto",), False), 6, collate_fn=collate_images)
    torch.manual_seed(0)
    vision = VisionTransformer(VisionConfig(134, layers=1, d_model=8, d_ff=8, heads=1))
    cnn = Cnn(CnnConfig(134, widths="4,4"))
    seen, found = image_scores(vision, loader, "cpu"), image_scores(cnn, loader, "cpu")
    assert set(found) == {"nll", "recall", "average_precision"}
    assert set(seen) == set(found) | {"painting", "painting_baseline"}
    assert seen["painting_baseline"] < seen["painting"]  # it has learned nothing yet
    assert image_scores(vision, loader, "cpu") == seen


@pytest.mark.slow
def test_a_small_model_learns_digits() -> None:
    """Far above chance after a few seconds, on digits that it has not seen."""
    data, model = image_data(Settings("digits")), digit_model()
    torch.manual_seed(0)
    loader = DataLoader(data.train, 64, shuffle=True, collate_fn=collate_images)
    optimiser = torch.optim.AdamW(model.parameters(), 4e-3)
    for _, (images, there) in zip(range(250), loader, strict=False):
        loss, _, count = image_losses(model, images, there, 0.25, data.exclusive)
        optimiser.zero_grad()
        (loss / count).backward()
        optimiser.step()
    held_out = DataLoader(data.valid, 100, collate_fn=collate_images)
    found = image_scores(model, held_out, "cpu", data.exclusive)
    assert found["accuracy"] > 0.5
    assert found["painting"] < 0.7 * found["painting_baseline"]


@pytest.mark.slow
def test_stored_scenes_are_those_that_would_have_been_made(tmp_path: Path) -> None:
    scenes = Scenes(9, 7, ("noto",), True)
    command = [sys.executable, "-m", "trainer.stored_scenes", str(tmp_path / "scenes")]
    subprocess.run([*command, "--seed=9", "--count=7", "--processes=2"], cwd=ROOT, check=True)
    assert holds(tmp_path / "scenes", scenes)
    stored = StoredScenes(tmp_path / "scenes")
    assert len(stored) == 7
    for index in range(7):
        for own, other in zip(stored[index], scenes[index], strict=True):
            assert np.array_equal(own, other)
