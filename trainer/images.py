"""Learning to see: images with what is in them, the loss of a batch, and scores.

Two sets ship: digits, of which each image shows one, and scenes of emoji, which show up to four.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from trainer.digits import FILE as DIGITS_FILE
from trainer.digits import digits
from trainer.emoji import FOLDER as EMOJI_FOLDER
from trainer.emoji import labels
from trainer.scenes import SIDE, compose
from transformer.patches import cut
from transformer.vision import VisionTransformer

Item = tuple[np.ndarray, np.ndarray]
"""An image, uint8 (C, Y, X), and 1 for each class that is in it, float32 (V,)."""

DATA_FILES = {
    "digits": (DIGITS_FILE,),
    "emoji": (EMOJI_FOLDER / "emoji.npz", EMOJI_FOLDER / "labels.json"),
}
SCENES = 200_000  # an epoch of them; the next one goes through the same
VALID_SCENES = 2000
VALID_SEED = 2**31  # no run has it: its scenes are never learned from
PAINTING = 20.0  # nats that a squared error of 1 in the hidden pixels is worth
ANSWERS = 6  # held-out images that a model is asked about at each validation
SHIFT = 1  # pixels by which a digit to learn from is moved, at most


@dataclass(frozen=True)
class ImageData:
    """What is learned from and what is held out.

    exclusive: every image shows one class. by_style, where there is such: held out, drawn by a
    vendor that is never learned from.
    """

    train: Dataset[Item]
    valid: Dataset[Item]
    classes: list[str]
    image: int
    channels: int
    exclusive: bool
    by_style: Dataset[Item] | None = None


class ImageSettings(Protocol):
    """What is asked of a run's config."""

    @property
    def images(self) -> str: ...
    @property
    def seed(self) -> int: ...


class Scenes(Dataset[Item]):
    """Scene i is made from the seed and i whenever it is asked for."""

    def __init__(self, seed: int, count: int, vendors: tuple[str, ...], varied: bool) -> None:
        self.seed, self.count, self.vendors, self.varied = seed, count, vendors, varied

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Item:
        if not 0 <= index < self.count:
            raise IndexError(index)
        scene = compose(self.seed, index, self.vendors, varied=self.varied)
        return scene.image, scene.labels


class DigitImages(Dataset[Item]):
    """Digits; those to learn from are moved a little, another way in each round through them."""

    def __init__(self, held_out: bool, seed: int = 0, rounds: int = 1) -> None:
        self.digits = digits()[held_out]
        self.seed, self.rounds, self.moved = seed, rounds, not held_out

    def __len__(self) -> int:
        return self.rounds * len(self.digits.labels)

    def __getitem__(self, index: int) -> Item:
        if not 0 <= index < len(self):
            raise IndexError(index)
        own = index % len(self.digits.labels)
        image = self.digits.images[own]
        if self.moved:
            draw = np.random.default_rng((self.seed, index))
            shift = draw.integers(-SHIFT, SHIFT + 1, 2)
            top, left = (SHIFT + shift).tolist()
            padded = np.pad(image, ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT)))
            side = image.shape[1]
            image = padded[:, top : top + side, left : left + side]
        there = np.zeros(10, np.float32)
        there[self.digits.labels[own]] = 1
        return image, there


def name_of(number: int) -> str:
    """What a sample calls the held-out image of that number, from 0."""
    return f"image {number + 1}"


def image_data(config: ImageSettings) -> ImageData:
    """The images that `config.images` names, "digits" or "emoji"."""
    if config.images == "digits":
        train, valid = DigitImages(False, config.seed, rounds=64), DigitImages(True)
        return ImageData(train, valid, [str(digit) for digit in range(10)], 8, 1, True)
    noto, other = (
        Scenes(VALID_SEED, VALID_SCENES, (vendor,), False) for vendor in ("noto", "twemoji")
    )
    train_scenes = stored_ahead(Scenes(config.seed, SCENES, ("noto",), True))
    names = [label.name for label in labels()]
    return ImageData(train_scenes, noto, names, SIDE, 3, False, by_style=other)


def stored_ahead(scenes: Scenes) -> Dataset[Item]:
    """The same scenes out of the folder that DAWN_SCENES names, where it holds them all."""
    from trainer.stored_scenes import StoredScenes, holds

    folder = Path(os.environ.get("DAWN_SCENES", ""))
    return StoredScenes(folder) if holds(folder, scenes) else scenes


def collate_images(items: list[Item]) -> tuple[Tensor, Tensor]:
    """B items -> images uint8 (B, C, Y, X) and labels float32 (B, V)."""
    images, there = zip(*items, strict=True)
    return torch.from_numpy(np.stack(images)), torch.from_numpy(np.stack(there))


def image_losses(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    hidden_share: float = 0.0,
    exclusive: bool = False,
) -> tuple[Tensor, Tensor, Tensor]:
    """Sums over a batch: what is made small, the NLL of what is in the images (nats), and images.

    images uint8 (B, C, Y, X), labels float32 (B, V). Of every second image that a vision encoder
    reads, that share of the patches is hidden, and it is asked for their pixels as well.
    """
    pixels, count = images.float() / 255, labels.new_tensor(len(labels))
    if not isinstance(model, VisionTransformer):
        nll = class_losses(model(pixels), labels, exclusive).sum()
        return nll, nll, count
    many = round(hidden_share * model.config.patches)
    if not many:
        nll = class_losses(model(pixels).classes, labels, exclusive).sum()
        return nll, nll, count
    hidden = hide(len(images), model.config.patches, many, images.device)
    hidden[::2] = False
    output = model(pixels, hidden)
    nll = class_losses(output.classes, labels, exclusive).sum()
    errors = (output.pixels.float() - cut(pixels, model.config.patch)).square().mean(dim=-1)
    return nll + PAINTING * (errors * hidden).sum() / many, nll, count


def hide(
    images: int,
    patches: int,
    many: int,
    device: torch.device | str,
    generator: torch.Generator | None = None,
) -> Tensor:
    """So many patches of each image at random: bool (B, G)."""
    draw = torch.rand(images, patches, device=device, generator=generator)
    return draw.argsort(dim=1) < many


def another_half(before: int, patches: int) -> int:
    """Half of the patches by lot, as the bits of a number; always the same after the same ones
    before, so that it can be asked for again and again."""
    lot = torch.Generator().manual_seed(before)
    (row,) = hide(1, patches, patches // 2, "cpu", lot).tolist()
    return sum(1 << patch for patch, is_hidden in enumerate(row) if is_hidden)


def class_losses(logits: Tensor, labels: Tensor, exclusive: bool) -> Tensor:
    """Of each image, in nats and float32: logits and labels (B, V) -> (B,).

    exclusive: every image shows one class, and the classes share one probability (softmax). Else
    each class is a question of its own, yes or no, and their losses are summed.
    """
    if exclusive:
        return -(labels * logits.float().log_softmax(dim=-1)).sum(dim=-1)
    questions = nn.functional.binary_cross_entropy_with_logits(
        logits.float(), labels, reduction="none"
    )
    return questions.sum(dim=-1)
