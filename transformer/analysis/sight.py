"""A sight: what a model that sees made of some images, and how the score of a query depends on it.

As `case.py` for the translator: every method of explaining a class is a function of a `Sight`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from transformer.cnn import Cnn
from transformer.trace import tracing
from transformer.vision import VisionTransformer

Eyes = Cnn | VisionTransformer


@dataclass(frozen=True)
class Sight:
    """Why `queries[b]` in image b? images (B, C, Y, X), queries (B,), logits (B, V).

    tensors holds maps and weights of attention of one traced pass, by their names in the trace and
    without their graph; gradients holds d logits[b, queries[b]] / d each of them.
    """

    model: Eyes
    images: Tensor
    queries: Tensor
    logits: Tensor
    tensors: Mapping[str, Tensor]
    gradients: Mapping[str, Tensor]

    def weights(self) -> list[Tensor]:
        """Attention of each layer of a vision encoder, (B, H, P, P)."""
        return [self.tensors[name] for name in weight_names(self.model)]

    def weight_gradients(self) -> list[Tensor]:
        """d score / d attention of each layer, (B, H, P, P)."""
        return [self.gradients[name] for name in weight_names(self.model)]


def open_sight(model: Eyes, images: Tensor, queries: Sequence[int] | Tensor) -> Sight:
    """One forward and one backward pass: images (B, C, Y, X), 0..1, and a class for each.

    The model may be shared: the gradient is taken with respect to what belongs to this sight alone,
    so no parameter is given one. An image's score depends on no other image, so the gradient of
    their sum is the gradient of each.
    """
    asked = torch.as_tensor(queries, device=images.device)
    images = images.detach().clone().requires_grad_()
    names = (*map_names(model), *weight_names(model))
    with torch.enable_grad(), tracing(model) as trace:
        output = model(images)
        logits = output if isinstance(output, Tensor) else output.classes
        score = logits.gather(1, asked[:, None]).sum()
    found = torch.autograd.grad(score, [trace[name] for name in names])
    return Sight(
        model,
        images.detach(),
        asked,
        logits.detach(),
        {name: trace[name].detach() for name in names},
        dict(zip(names, found, strict=True)),
    )


def map_names(model: Eyes) -> list[str]:
    """The maps of features, a layer each, in order: of a CNN what a layer gives, of a vision
    encoder what a layer reads, because after the last one only the class token counts."""
    if isinstance(model, Cnn):
        return [f"layers.{number}.activations" for number in range(len(model.layers))]
    outputs = range(len(model.encoder.layers) - 1)
    return ["positions.sum", *(f"encoder.layers.{number}.output" for number in outputs)]


def weight_names(model: Eyes) -> list[str]:
    """The weights of attention, a layer each; a CNN has none."""
    if isinstance(model, Cnn):
        return []
    layers = range(len(model.encoder.layers))
    return [f"encoder.layers.{number}.self_attention.weights" for number in layers]


def as_maps(tokens: Tensor) -> Tensor:
    """What belongs to the patches, back in their places: (B, P, D) -> (B, D, rows, columns); the
    class token, which has no place, is left out. What is a map already stays."""
    if tokens.dim() == 4:
        return tokens
    across = round((tokens.size(1) - 1) ** 0.5)
    return tokens[:, 1:].transpose(1, 2).unflatten(2, (across, across))
