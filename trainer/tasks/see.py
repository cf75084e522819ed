"""To see: what is in an image; and, of a vision encoder, what the hidden patches look like."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from trainer.alarms import Alarms
from trainer.events import EventWriter
from trainer.images import DATA_FILES, ImageData, collate_images, image_data, image_losses
from trainer.prepare import write_record
from trainer.tasks.task import Losses, Prepared, Task, layers, told
from transformer.cnn import Cnn, CnnConfig
from transformer.one_stream import OneStream, save_one_stream
from transformer.vision import VisionConfig, VisionTransformer

if TYPE_CHECKING:
    from trainer.held_out import HeldOut

EXAMINED = 250  # images that are looked at once
PATCHES = {"digits": 2}  # side of a patch, by the images; else that of the paper's title
PATCH = 16
LICENCES = {
    "digits": "UCI, CC BY 4.0",
    "emoji": "Noto Emoji, Apache-2.0; scored as well on Twemoji, CC BY 4.0",
}


class ImageBatch(NamedTuple):
    """images uint8 (B, C, Y, X); labels float32 (B, V), 1 for what is there."""

    images: Tensor
    labels: Tensor


class Priced(Dataset[Any]):
    """A dataset of images with `lengths`: each costs its patches, and all the same."""

    def __init__(self, images: Any, cost: int) -> None:
        self.images, self.cost = images, cost

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> Any:
        return self.images[index]

    @property
    def lengths(self) -> list[tuple[int, int]]:
        """Of each image its tokens, twice, as pairs of sentences have them."""
        return [(self.cost, self.cost)] * len(self)


class See(Task):
    """The loss is per image."""

    items = "images"

    def data_hashes(self) -> dict[str, str]:
        """The files that the images are made of."""
        digest = hashlib.sha256()
        for path in DATA_FILES[self.config.images]:
            digest.update(path.read_bytes())
        return {self.config.images: digest.hexdigest()}

    def prepare(self, folder: Path, title: str, resuming: bool, first: bool) -> Prepared:
        """The images, and a model that reads them."""
        data = image_data(self.config)
        model = self.built(data)
        bundle = OneStream(self.architecture, model, None, tuple(data.classes), {"title": title})
        if first:
            (name, sha256), *_ = self.data_hashes().items()
            corpus = {"name": name, "pairs": len(data.train), "sha256": sha256}  # type: ignore[arg-type]
            licence = LICENCES[self.config.images]
            about = {**corpus, "items": self.items, "licence": licence, "dropped": {}}
            counts = {"train": len(data.train), "valid": len(data.valid), "too_long": 0}  # type: ignore[arg-type]
            write_record(folder / "data.json", {"corpora": [about], **counts})
        return Prepared(bundle, Priced(data.train, self.cost(data)), data)

    @property
    def architecture(self) -> str:
        """Of the bundle."""
        return self.config.eyes

    def sizes(self, classes: int, image: int, channels: int) -> VisionConfig | CnnConfig:
        """The sizes of the model. Raises `ConfigError`."""
        config = self.config
        if config.eyes == "cnn":
            return CnnConfig(classes, image=image, channels=channels, groups=config.groups)
        return VisionConfig(
            classes,
            image=image,
            patch=PATCHES.get(config.images, PATCH),
            channels=channels,
            projection=config.projection,
            layers=config.encoder_layers,
            d_model=config.d_model,
            d_ff=config.d_ff,
            heads=config.heads,
            dropout=config.dropout,
            norm=config.norm,
        )

    def built(self, data: ImageData) -> nn.Module:
        """A fresh model."""
        sizes = self.sizes(len(data.classes), data.image, data.channels)
        return VisionTransformer(sizes) if isinstance(sizes, VisionConfig) else Cnn(sizes)

    def cost(self, data: ImageData) -> int:
        """Tokens of an image: its patches and the class token. A CNN is charged the same."""
        return int((data.image // PATCHES.get(self.config.images, PATCH)) ** 2 + 1)

    def collate(self, items: Sequence[Any]) -> ImageBatch:
        """Images side by side."""
        return ImageBatch(*collate_images(list(items)))

    def inputs(self, batch: ImageBatch) -> tuple[Tensor, ...]:
        """The pixels, 0..1."""
        return (batch.images.float() / 255,)

    def losses(
        self, model: nn.Module, batch: ImageBatch, losses: Losses
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Of each image: what is in it, and the pixels of the patches hidden in every second."""
        exclusive = self.config.images == "digits"
        return image_losses(model, *batch, self.config.hidden_share, exclusive)

    def held_out_losses(
        self, model: nn.Module, batch: ImageBatch, number: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """What is in each image; nothing is hidden."""
        return image_losses(model, *batch, 0.0, self.config.images == "digits")

    def validation(
        self,
        prepared: Prepared,
        parts: int,
        events: EventWriter,
        heed: Callable[[], None],
        alarms: Alarms,
    ) -> "tuple[HeldOut, DataLoader[Any]]":
        """Scores of the held-out images."""
        from trainer.tasks.images_held_out import ImagesHeldOut

        loader = self.loader(prepared.valid.valid)
        every = self.config.valid_every
        return ImagesHeldOut(
            prepared.bundle, prepared.valid, self.loader, events, every, heed, alarms
        ), loader

    def loader(self, images: Any) -> DataLoader[Any]:
        """Batches in the images' own order."""
        return DataLoader(
            images, batch_size=EXAMINED, collate_fn=self.collate, generator=torch.Generator()
        )

    def model(self, folder: Path) -> nn.Module:
        """A fresh one."""
        return self.built(image_data(self.config))

    def blank(self) -> nn.Module:
        """The sizes follow from the images."""
        return self.built(image_data(self.config))

    def drawn(self, draw: torch.Generator) -> ImageBatch:
        """Noise, with nothing in it."""
        data = image_data(self.config)
        rows = max(1, self.config.batch_tokens // self.cost(data))
        shape = (rows, data.channels, data.image, data.image)
        images = torch.randint(0, 256, shape, generator=draw, dtype=torch.uint8)
        return ImageBatch(images, torch.zeros(rows, len(data.classes)))

    def save(
        self,
        target: Path,
        folder: Path,
        model: nn.Module,
        about: Mapping[str, Any],
        extras: Mapping[str, str],
        eight_bits: bool = False,
    ) -> None:
        """A bundle of one stream with the names of its classes."""
        labels = tuple(image_data(self.config).classes)
        about = {**about, "images": self.config.images, "exclusive": self.config.images == "digits"}
        bundle = OneStream(self.architecture, model, None, labels, about)
        kind = "int8" if eight_bits else "float16"
        save_one_stream(target, bundle, kind=kind, extras=extras)

    def describe(self) -> tuple[str, str]:
        """What it sees, and what it is."""
        config = self.config
        if config.eyes == "cnn":
            groups = f"{config.groups} group{'s' * (config.groups > 1)}"
            return f"{config.images} seen by a CNN", f"Convolutional network, {groups}"
        return (
            f"{config.images} seen by a vision encoder",
            f"Vision Transformer, {layers(config.encoder_layers)}, D {config.d_model}, F "
            f"{config.d_ff}, {config.heads} heads, {config.norm}-norm, patches by a "
            f"{config.projection} projection",
        )

    def validation_line(self, found: Mapping[str, float | None]) -> str:
        """Every score that there is."""
        known = [name for name in found if name not in ("step", "loss")]
        return ", ".join(f"{name.replace('_', ' ')} {told(found, name, '.3f')}" for name in known)
