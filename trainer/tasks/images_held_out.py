"""What is asked of a model of images at each validation."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from trainer.alarms import Alarms
from trainer.events import EventWriter
from trainer.held_out import HeldOut
from trainer.image_scores import image_scores
from trainer.images import ANSWERS, ImageData, collate_images, name_of
from transformer.one_stream import OneStream

Loader = Callable[[Any], DataLoader[Any]]
"""A dataset of images -> its batches, in its own order."""
FEWEST = 0.5  # probability from which a class is named


class ImagesHeldOut(HeldOut):
    """Scores the held-out images, those in another style as well, and names what is in a few."""

    def __init__(
        self,
        bundle: OneStream,
        data: ImageData,
        loader: Loader,
        events: EventWriter,
        every: int,
        heed: Callable[[], None],
        alarms: Alarms,
    ) -> None:
        super().__init__(events, every, heed, alarms)
        self.bundle, self.data, self.loader = bundle, data, loader

    def examine(self, loss: float, nll: float, labels: float) -> tuple[dict[str, float], Any]:
        """Scores by name; those in another style have `style_` before it."""
        values = {"loss": loss / labels} | self._scores(self.data.valid)
        if self.data.by_style is not None:
            other = self._scores(self.data.by_style)
            values |= {f"style_{name}": value for name, value in other.items()}
        return values, {"translations": self.answers()}

    def _scores(self, images: Any) -> dict[str, float]:
        self.heed()
        model = self.bundle.model.eval()
        device = next(model.parameters()).device
        return image_scores(model, self.loader(images), device, self.data.exclusive)

    @torch.no_grad()
    def answers(self) -> list[dict[str, str]]:
        """The first held-out images: what is named, and what is there."""
        model = self.bundle.model
        training = model.training
        items = [self.data.valid[number] for number in range(ANSWERS)]
        images, _ = collate_images(items)
        device = next(model.parameters()).device
        output = model.eval()(images.to(device).float() / 255)
        model.train(training)
        logits = (output if isinstance(output, Tensor) else output.classes).float().cpu()
        shares = logits.softmax(dim=1) if self.data.exclusive else logits.sigmoid()
        return [
            {"src": name_of(number), "out": self._named(row), "ref": self._there(there)}
            for number, (row, (_, there)) in enumerate(zip(shares, items, strict=True))
        ]

    def _named(self, shares: Tensor) -> str:
        order = shares.argsort(descending=True).tolist()
        named = [k for k in order if shares[k] >= FEWEST][:4] or order[:1]
        return ", ".join(f"{self.data.classes[k]} {float(shares[k]):.0%}" for k in named)

    def _there(self, labels: np.ndarray) -> str:
        return ", ".join(self.data.classes[k] for k in np.flatnonzero(labels))
