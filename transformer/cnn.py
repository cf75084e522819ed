"""A small convolutional network: what is in the image, from maps of features.

LeCun et al., "Gradient-based learning applied to document recognition" (1998), with the groups of
Krizhevsky et al. (2012), section 3.5, and the global average of Lin et al., "Network in Network"
(2014), section 3.2.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from transformer.config import Config, ConfigError, check_fields, option
from transformer.trace import tap
from transformer.vision import Head

HALVINGS = 3  # so many convolutions have a step of 2: the last maps have an eighth of the side


@dataclass(frozen=True)
class CnnConfig(Config):
    """The sizes of a convolutional network."""

    classes: int = option(help="What may be in an image.", min=2, max=100_000)
    image: int = option(96, "Side of the image, in pixels.", min=2, max=1024)
    channels: int = option(3, "Colours of a pixel: 3, or 1 for grey.", min=1, max=4)
    widths: str = option("32,64,96,96,128", "Channels of each layer, with commas.")
    groups: int = option(
        1, "Parts into which all convolutions but the first are cut.", min=1, max=4096
    )

    def __post_init__(self) -> None:
        check_fields(self)
        parts = self.widths.split(",")
        if not all(part.isascii() and part.isdecimal() and 0 < int(part) <= 4096 for part in parts):
            raise ConfigError(
                f"widths is {self.widths!r}: write whole numbers of at most 4096 with commas "
                "between."
            )
        if wrong := [width for width in self.layer_widths if width % self.groups]:
            raise ConfigError(
                f"{wrong[0]} channels cannot be cut into {self.groups} groups: choose a number "
                "that divides each of the widths."
            )

    @property
    def layer_widths(self) -> tuple[int, ...]:
        """Channels of each layer."""
        return tuple(int(part) for part in self.widths.split(","))


class ConvolutionLayer(nn.Module):
    """Convolution, norm, ReLU: 3 x 3 windows, all channels of a group to all of the same group.

    The norm is over all maps of an image (Wu & He, "Group Normalization", 2018, with one group), so
    that an image does not depend on those beside it.
    """

    def __init__(self, inputs: int, outputs: int, step: int, groups: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, 3, stride=step, padding=1, groups=groups)
        self.norm = nn.GroupNorm(1, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, C, Y, X) -> (B, C', Y', X')."""
        return tap(self, "activations", self.norm(self.convolution(x)).relu(), "b c y x")


class Cnn(nn.Module):
    """Images in, a score for each class out."""

    def __init__(self, config: CnnConfig) -> None:
        super().__init__()
        self.config = config
        widths = (config.channels, *config.layer_widths)
        self.layers = nn.ModuleList(
            ConvolutionLayer(
                widths[number],
                widths[number + 1],
                step=2 if number < HALVINGS else 1,
                groups=config.groups if number else 1,
            )
            for number in range(len(widths) - 1)
        )
        self.head = Head(widths[-1], config.classes)

    def forward(self, images: Tensor) -> Tensor:
        """images (B, C, Y, X), 0..1 -> logits (B, V). Raises ValueError for another shape."""
        side, channels = self.config.image, self.config.channels
        if images.dim() != 4 or images.shape[1:] != (channels, side, side):
            raise ValueError(
                f"Images of {list(images.shape[1:])} do not fit a model that reads "
                f"{channels} x {side} x {side} numbers."
            )
        x = 2 * images - 1
        for layer in self.layers:
            x = layer(x)
        return self.head(tap(self, "pooled", x.mean(dim=(2, 3)), "b c"))
