"""Grad-CAM: which part of an image a score comes from (Selvaraju et al. 2017, "Grad-CAM: Visual
Explanations from Deep Networks via Gradient-based Localization", section 3, equations 1 and 2).

Every step is kept, for a page that shows them one by one. On a vision encoder the channels are the
numbers of a token's state, and its patches are the pixels.
"""

from dataclasses import dataclass

from torch import Tensor

from transformer.analysis.sight import Sight, as_maps, map_names


@dataclass(frozen=True)
class GradCam:
    """The steps, for each image of a sight.

    activations (B, C, Y, X): the maps. gradients, the same shape: d score / d each of them.
    weights (B, C): their mean over the map, equation 1. summed (B, Y, X): the maps, weighted and
    added up. map (B, Y, X): what speaks for the query, equation 2's ReLU.
    """

    activations: Tensor
    gradients: Tensor
    weights: Tensor
    summed: Tensor
    map: Tensor

    def shares(self) -> Tensor:
        """What each channel adds to `summed`: (B, C, Y, X)."""
        return self.weights[..., None, None] * self.activations


def grad_cam(sight: Sight, layer: int) -> GradCam:
    """Of a layer, counted from 0 (or from the last, -1)."""
    name = map_names(sight.model)[layer]
    activations, gradients = as_maps(sight.tensors[name]), as_maps(sight.gradients[name])
    weights = gradients.mean(dim=(2, 3))
    summed = (weights[..., None, None] * activations).sum(dim=1)
    return GradCam(activations, gradients, weights, summed, summed.relu())
