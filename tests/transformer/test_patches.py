"""Patches: cut and joined without loss, the same map by two layers, each patch on its own."""

import pytest
import torch

from transformer.patches import PROJECTIONS, LinearPatches, cut, joined, same_map


def test_cutting_reads_row_by_row_and_joining_is_its_inverse() -> None:
    images = torch.randn(2, 3, 12, 12)
    patches = cut(images, 4)
    assert patches.shape == (2, 9, 48)
    # The sixth patch is the last of the second row.
    torch.testing.assert_close(patches[1, 5], images[1, :, 4:8, 8:12].flatten())
    assert torch.equal(joined(patches, 4, 3), images)


@pytest.mark.parametrize(("patch", "channels", "d_model"), [(4, 3, 10), (16, 3, 32), (2, 1, 5)])
def test_a_linear_layer_and_a_convolution_are_the_same_map(
    patch: int, channels: int, d_model: int
) -> None:
    torch.manual_seed(0)
    linear = LinearPatches(patch, channels, d_model)
    convolution = same_map(linear)
    images = torch.rand(2, channels, 3 * patch, 3 * patch)
    torch.testing.assert_close(convolution(images), linear(images), atol=1e-6, rtol=0)
    assert linear(images).shape == (2, 9, d_model)


@pytest.mark.parametrize("name", PROJECTIONS)
def test_a_patch_is_projected_alone(name: str) -> None:
    torch.manual_seed(0)
    project = PROJECTIONS[name](4, 3, 6)
    images = torch.rand(1, 3, 12, 12)
    others = images.clone()
    others[:, :, :4, :] = torch.rand(1, 3, 4, 12)  # the first row of patches
    before, after = project(images), project(others)
    assert not torch.isclose(before[:, :3], after[:, :3]).all(dim=-1).any()
    torch.testing.assert_close(before[:, 3:], after[:, 3:])
