"""An image as a sentence: cut into patches, each made a vector (Dosovitskiy et al., "An Image is
Worth 16x16 Words", 2021, section 3.1), in three ways.

The convolution and the linear layer are the same map, written twice; the small CNN looks at each
patch with several layers before it becomes a vector.
"""

import torch
from torch import Tensor, nn

from transformer.trace import tap

FIRST, SECOND = 16, 32  # channels of the small CNN


def cut(images: Tensor, patch: int) -> Tensor:
    """images (B, C, Y, X) -> patches (B, G, N) row by row, each flattened: channels, rows, columns;
    N = C x patch x patch."""
    rows = images.unfold(2, patch, patch).unfold(3, patch, patch)  # b c gy gx y x
    return rows.permute(0, 2, 3, 1, 4, 5).flatten(3).flatten(1, 2)


def joined(patches: Tensor, patch: int, channels: int) -> Tensor:
    """Back from `cut`, of a square image: (B, G, N) -> (B, C, Y, X)."""
    across = round(patches.size(1) ** 0.5)
    cells = patches.unflatten(2, (channels, patch, patch)).unflatten(1, (across, across))
    return cells.permute(0, 3, 1, 4, 2, 5).flatten(4).flatten(2, 3)


class Patches(nn.Module):
    """Images (B, C, Y, X), 0..1, -> a vector for each patch (B, G, D); how is the subclass."""

    def __init__(self, patch: int, channels: int, d_model: int) -> None:
        super().__init__()
        self.patch, self.channels, self.d_model = patch, channels, d_model

    def forward(self, images: Tensor) -> Tensor:
        """The models read pixels from -1 to 1."""
        tap(self, "pixels", cut(images, self.patch), "b g n")
        return tap(self, "projected", self.project(2 * images - 1), "b g d")

    def project(self, images: Tensor) -> Tensor:
        """images (B, C, Y, X), -1..1, -> (B, G, D)."""
        raise NotImplementedError


class LinearPatches(Patches):
    """One linear layer on the flattened patch."""

    def __init__(self, patch: int, channels: int, d_model: int) -> None:
        super().__init__(patch, channels, d_model)
        self.linear = nn.Linear(channels * patch * patch, d_model)

    def project(self, images: Tensor) -> Tensor:
        """x W + b, one patch after the other."""
        projected: Tensor = self.linear(cut(images, self.patch))
        return projected


class ConvolutionPatches(Patches):
    """One convolution whose window and whose step are a patch."""

    def __init__(self, patch: int, channels: int, d_model: int) -> None:
        super().__init__(patch, channels, d_model)
        self.convolution = nn.Conv2d(channels, d_model, patch, stride=patch)

    def project(self, images: Tensor) -> Tensor:
        """D maps of a pixel a patch, read patch by patch."""
        maps: Tensor = self.convolution(images)
        return maps.flatten(2).transpose(1, 2)


class CnnPatches(Patches):
    """Two convolutions and a linear layer, on each patch alone."""

    def __init__(self, patch: int, channels: int, d_model: int) -> None:
        super().__init__(patch, channels, d_model)
        self.first = nn.Conv2d(channels, FIRST, 3, stride=2, padding=1)
        self.second = nn.Conv2d(FIRST, SECOND, 3, stride=2, padding=1)
        side = -(-patch // 4)
        self.linear = nn.Linear(SECOND * side * side, d_model)

    def project(self, images: Tensor) -> Tensor:
        """No window reaches into the next patch: its border is filled with zeros."""
        patches = cut(images, self.patch)
        alone = patches.flatten(0, 1).unflatten(1, (self.channels, self.patch, self.patch))
        maps = self.second(self.first(alone).relu()).relu()
        projected: Tensor = self.linear(maps.flatten(1))
        return projected.unflatten(0, patches.shape[:2])


PROJECTIONS: dict[str, type[Patches]] = {
    "linear": LinearPatches,
    "convolution": ConvolutionPatches,
    "cnn": CnnPatches,
}


@torch.no_grad()
def same_map(linear: LinearPatches) -> ConvolutionPatches:
    """The convolution that does what `linear` does: row d of W, folded back into the shape of a
    patch, is the window of channel d."""
    twin = ConvolutionPatches(linear.patch, linear.channels, linear.d_model)
    twin.convolution.weight.copy_(linear.linear.weight.view_as(twin.convolution.weight))
    twin.convolution.bias.copy_(linear.linear.bias)  # type: ignore[union-attr]
    return twin
