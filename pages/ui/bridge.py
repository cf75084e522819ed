"""The formula of Grad-CAM on the translator: which words of the source a written word rests on;
cached, numpy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.ui.catalogue import LookError, ModelInfo, stamp_of
from pages.ui.models import check_numbers, load

MOST = 64  # pieces a side, as for the other ways to explain


@dataclass(frozen=True)
class Bridge:
    """The cross-attention of the last layer at one position: weights and gradients (H, S) of each
    head at each source piece, product (H, S), what is left of it after the ReLU, mean (S,)."""

    weights: np.ndarray
    gradients: np.ndarray
    product: np.ndarray
    mean: np.ndarray


def bridge(info: ModelInfo, src: tuple[int, ...], tgt: tuple[int, ...], position: int) -> Bridge:
    """Of tgt[position + 1], written after tgt[: position + 1]; src are ids that end in [EOS], tgt
    ids that begin with [SOS]. Raises `LookError` where that is too long or gives no numbers."""
    if max(len(src), position + 1) > MOST + 1:
        raise LookError(f"This is shown for up to {MOST} pieces a side: shorten the sentence.")
    return _bridge(str(info.folder), stamp_of(info.folder), src, tgt, position, info)


@st.cache_data(max_entries=64, show_spinner=False)
def _bridge(
    folder: str,
    stamp: tuple[int, ...],
    src: tuple[int, ...],
    tgt: tuple[int, ...],
    position: int,
    _info: ModelInfo,
) -> Bridge:
    import torch

    from transformer.analysis.case import open_case
    from transformer.analysis.gradient_attention import gradient_attention

    model = load(_info).model
    case = open_case(model, torch.tensor([src]), torch.tensor([tgt]), position, tgt[position + 1])
    check_numbers([case.log_prob])
    weights = case.weights("cross")[-1][:, -1]
    gradients = case.weight_gradients("cross")[-1][:, -1]
    product = (weights * gradients).clamp(min=0)
    mean = gradient_attention(case).src
    return Bridge(weights.numpy(), gradients.numpy(), product.numpy(), mean.numpy())
