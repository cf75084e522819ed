"""How well a model sees, on images that it did not learn from."""

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor, nn

from trainer.images import class_losses, hide
from transformer.patches import cut
from transformer.vision import VisionTransformer

HIDDEN = 0.5  # of the patches, where their pixels are asked for


@torch.no_grad()
def image_scores(
    model: nn.Module,
    loader: Iterable[tuple[Tensor, Tensor]],
    device: torch.device | str,
    exclusive: bool = False,
) -> dict[str, float]:
    """The scores of `model` on what `loader` gives, images uint8 and labels.

    nll: nats an image. accuracy (exclusive): images whose highest score is right. recall: of the
    emoji in a scene, how many are among as many highest scores. average_precision: the mean over
    classes. painting: of a vision encoder, the squared error of hidden pixels, and
    painting_baseline, the same of the mean colour of what is not hidden.
    """
    logits, labels, painting = [], [], []
    generator = torch.Generator().manual_seed(0)
    for images, there in loader:
        pixels = images.to(device).float() / 255
        output = model(pixels)
        logits.append((output if isinstance(output, Tensor) else output.classes).float().cpu())
        labels.append(there)
        if isinstance(model, VisionTransformer):
            painting.append(painted(model, pixels, generator))
    scores, there = torch.cat(logits), torch.cat(labels)
    found = {"nll": float(class_losses(scores, there, exclusive).mean())}
    if exclusive:
        found["accuracy"] = float((scores.argmax(1) == there.argmax(1)).float().mean())
    else:
        found["recall"] = recall(scores, there)
        found["average_precision"] = average_precision(scores.numpy(), there.numpy())
    if painting:
        own, baseline = np.mean(painting, axis=0)
        found |= {"painting": float(own), "painting_baseline": float(baseline)}
    return found


def recall(scores: Tensor, labels: Tensor) -> float:
    """Of all that is in the images, the share among each image's highest scores, as many as there
    are classes in it: both (N, V)."""
    order = scores.argsort(dim=1, descending=True)
    hits = labels.gather(1, order)
    asked = torch.arange(labels.size(1)) < labels.sum(dim=1, keepdim=True)
    return float((hits * asked).sum() / labels.sum())


def average_precision(scores: np.ndarray, labels: np.ndarray) -> float:
    """The area below precision over recall, mean over the classes that occur: both (N, V)."""
    order = np.argsort(-scores, axis=0, kind="stable")
    hits = np.take_along_axis(labels, order, axis=0)
    ranks = np.arange(1, len(hits) + 1)[:, None]
    precision = hits.cumsum(axis=0) / ranks
    count = labels.sum(axis=0)
    occurs = count > 0
    return float(((precision * hits).sum(axis=0)[occurs] / count[occurs]).mean())


def painted(
    model: VisionTransformer, pixels: Tensor, generator: torch.Generator
) -> tuple[float, float]:
    """Mean squared error of the hidden half of the patches, and of the mean colour of the others in
    their place: pixels (B, C, Y, X), 0..1."""
    sizes = model.config
    many = max(1, round(HIDDEN * sizes.patches))
    hidden = hide(len(pixels), sizes.patches, many, "cpu", generator).to(pixels.device)
    truth = cut(pixels, sizes.patch)
    shown = truth.unflatten(2, (sizes.channels, -1))
    seen = (~hidden)[..., None, None]
    mean = (shown * seen).sum(dim=(1, 3), keepdim=True) / (seen.sum(dim=1) * shown.size(3))[
        ..., None
    ]
    errors = (
        (model(pixels, hidden).pixels.float() - truth).square(),
        (mean - shown).square().flatten(2),
    )
    own, baseline = (float(error[hidden].mean()) for error in errors)
    return own, baseline
