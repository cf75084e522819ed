"""Gradient-weighted attention: the idea of Grad-CAM (Selvaraju et al. 2017, "Grad-CAM: Visual
Explanations from Deep Networks via Gradient-based Localization", section 3), on attention.

There, the last feature maps are weighted by the gradient of the score; here, the last weights of
attention are. A look that would lower the score counts nothing.
"""

from torch import Tensor

from transformer.analysis.case import Case, Scores


def gradient_attention(case: Case) -> Scores:
    """Of the last decoder layer, over the source its cross-attention, over the prefix its
    self-attention, each looked at from the last position."""
    layers = [
        weighted(case.weights(kind)[-1], case.weight_gradients(kind)[-1])[-1]
        for kind in ("cross", "decoder")
    ]
    return Scores(*layers)


def weighted(weights: Tensor, gradient: Tensor) -> Tensor:
    """Mean over heads of max(0, d logit / d A · A): both (..., H, T, S) -> (..., T, S)."""
    return (gradient * weights).clamp(min=0).mean(-3)
