"""The vision encoder: patches are the words, and one more token says what there is to see.

Dosovitskiy et al., "An Image is Worth 16x16 Words" (2021), figure 1; the hidden patches are He et
al., "Masked Autoencoders Are Scalable Vision Learners" (2022), with one encoder for both.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from transformer.config import Config, ConfigError, check_fields, check_heads, option
from transformer.patches import PROJECTIONS
from transformer.positions import LearnedPositions
from transformer.stack import Stack
from transformer.trace import tap

SPREAD = 0.5  # of positions and learned tokens at the start: about that of the patches themselves


@dataclass(frozen=True)
class VisionConfig(Config):
    """The sizes of a vision encoder."""

    classes: int = option(help="What may be in an image.", min=2, max=100_000)
    image: int = option(96, "Side of the image, in pixels.", min=2, max=1024)
    patch: int = option(16, "Side of a patch, in pixels; it divides the image.", min=1, max=256)
    channels: int = option(3, "Colours of a pixel: 3, or 1 for grey.", min=1, max=4)
    projection: str = option(
        "linear",
        "How a patch becomes a vector: a linear layer, the same as a convolution, or a small CNN.",
        choices=tuple(PROJECTIONS),
    )
    layers: int = option(4, "Layers (L).", min=1, max=48)
    d_model: int = option(128, "Width of the model (D).", min=4, max=8192)
    d_ff: int = option(512, "Width inside the feed-forward (F).", min=4, max=65_536)
    heads: int = option(4, "Attention heads (H); they share D between them.", min=1, max=128)
    dropout: float = option(0.0, "Share of numbers dropped while training.", min=0.0, max=0.9)
    norm: str = option("pre", "Where the norms stand.", choices=("pre", "post"))

    def __post_init__(self) -> None:
        check_fields(self)
        check_heads(self)
        if self.image % self.patch:
            raise ConfigError(
                f"patch {self.patch} does not divide an image of {self.image} pixels: choose one "
                "that does."
            )
        if self.patches > 4096:
            raise ConfigError(
                f"patch {self.patch} cuts {self.image} pixels into {self.patches} patches, which "
                "is too many to look at each other: choose a larger one."
            )

    @property
    def across(self) -> int:
        """Patches in a row."""
        return self.image // self.patch

    @property
    def patches(self) -> int:
        """Patches of an image (G)."""
        return self.across**2


class VisionOutput(NamedTuple):
    """classes: a score for each class (B, V). pixels: what each patch is thought to look like,
    0..1, (B, G, N)."""

    classes: Tensor
    pixels: Tensor


class Tokens(nn.Module):
    """The patches' vectors with the class token before them; a hidden patch is the hidden token."""

    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.class_token = nn.Parameter(SPREAD * torch.randn(d_model))
        self.hidden_token = nn.Parameter(SPREAD * torch.randn(d_model))

    def forward(self, patches: Tensor, hidden: Tensor | None) -> Tensor:
        """patches (B, G, D), hidden bool (B, G) -> (B, P, D)."""
        if hidden is not None:
            patches = torch.where(hidden[..., None], self.hidden_token, patches)
        first = self.class_token.expand(len(patches), 1, -1)
        return tap(self, "sequence", torch.cat([first, patches], dim=1), "b p d")


class Head(nn.Module):
    """What is in the image, from the class token's state."""

    def __init__(self, d_model: int, classes: int) -> None:
        super().__init__()
        self.linear = nn.Linear(d_model, classes)

    def forward(self, state: Tensor) -> Tensor:
        """state (B, D) -> logits (B, V)."""
        return tap(self, "logits", self.linear(state), "b v")


class Painter(nn.Module):
    """What a patch looks like, from its own state."""

    def __init__(self, d_model: int, numbers: int) -> None:
        super().__init__()
        self.linear = nn.Linear(d_model, numbers)

    def forward(self, states: Tensor) -> Tensor:
        """states (B, G, D) -> pixels (B, G, N), 0..1 where it is sure."""
        return tap(self, "pixels", self.linear(states) + 0.5, "b g n")


class VisionTransformer(nn.Module):
    """Images in, a score for each class and a picture of each patch out."""

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.config = config
        numbers = config.channels * config.patch**2
        project = PROJECTIONS[config.projection]
        self.patches = project(config.patch, config.channels, config.d_model)
        self.tokens = Tokens(config.d_model)
        self.positions = LearnedPositions(config.d_model, config.patches + 1, config.dropout, "p")
        nn.init.normal_(self.positions.table, std=SPREAD)
        self.encoder = Stack(config, config.layers, "p")
        self.head = Head(config.d_model, config.classes)
        self.painter = Painter(config.d_model, numbers)

    def forward(self, images: Tensor, hidden: Tensor | None = None) -> VisionOutput:
        """images (B, C, Y, X), 0..1; hidden: bool (B, G), True where a patch is not to be seen.

        Raises ValueError for images or hidden patches of another shape.
        """
        self.check(images, hidden)
        x = self.positions(self.tokens(self.patches(images), hidden))
        states = self.encoder(x, None)  # every patch looks at every patch
        return VisionOutput(self.head(states[:, 0]), self.painter(states[:, 1:]))

    def check(self, images: Tensor, hidden: Tensor | None) -> None:
        """Raise ValueError, one sentence, for what this model cannot read."""
        side, channels = self.config.image, self.config.channels
        if images.dim() != 4 or images.shape[1:] != (channels, side, side):
            raise ValueError(
                f"Images of {list(images.shape[1:])} do not fit a model that reads "
                f"{channels} x {side} x {side} numbers."
            )
        if hidden is not None and hidden.shape != (len(images), self.config.patches):
            raise ValueError(
                f"Hidden patches of shape {list(hidden.shape)} do not fit {len(images)} images of "
                f"{self.config.patches} patches."
            )
