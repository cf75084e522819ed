"""What every head is worth: on this sentence, and on a text that was held out where it is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo, stamp_of
from pages.ui.models import check_text, load

Table = dict[str, np.ndarray]
"""By kind of attention, (L, H) in nats: how much likelier the target is with the head than without,
so above 0 where the head is missed."""


def sentence_losses(info: ModelInfo, text: str, target: Sequence[int], ended: bool) -> Table:
    """The nats of log P(target) that are lost without each head of the unedited model.

    target are the ids of its pieces, without specials; `[EOS]` counts where it ended. Raises
    `LookError` for a text that is blank or too long.
    """
    check_text(info, text)
    return _losses(str(info.folder), stamp_of(info.folder), info, text, tuple(target), ended)


@st.cache_data(max_entries=32, show_spinner="Switching off each head in turn …")
def _losses(
    folder: str,
    stamp: tuple[int, ...],
    _info: ModelInfo,  # what folder and stamp name already
    text: str,
    target: tuple[int, ...],
    ended: bool,
) -> Table:
    import torch

    from transformer.analysis.ablation import head_effects
    from transformer.tokenizer import EOS, SOS

    bundle = load(_info)
    src = torch.tensor([[*bundle.src_tokenizer.encode(text).ids, EOS]])
    tgt = torch.tensor([[SOS, *target, *([EOS] if ended else [])]])
    effects = head_effects(bundle.model, src, tgt)
    table = {k: np.zeros((count, _info.heads), np.float32) for k, count in _info.layers.items()}
    for (kind, layer, head), effect in effects.items():
        table[kind][layer - 1, head - 1] = -effect
    return table


def heldout_losses(info: ModelInfo) -> tuple[str, Table] | None:
    """What the stored table was measured on, and the rise of the loss on it in nats per token
    without each head; None where the model has no such table."""
    return _heldout(str(info.folder), stamp_of(info.folder), info)


@st.cache_data(max_entries=8, show_spinner=False)
def _heldout(folder: str, stamp: tuple[int, ...], _info: ModelInfo) -> tuple[str, Table] | None:
    from trainer.head_losses import read
    from transformer.bundle import bundle_hash

    return read(_info.folder, bundle_hash(_info.folder), dict(_info.layers), _info.heads)
