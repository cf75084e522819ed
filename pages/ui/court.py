"""What six ways to explain say of one piece of a translation, and how deletion judges them: cached,
numpy and text only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import streamlit as st

from pages.ui.catalogue import LookError, ModelInfo, stamp_of
from pages.ui.models import check_numbers, load

Hide = Literal["source", "prefix", "both"]
MOST = 64  # pieces a side: beyond it a hearing takes many seconds
TIE = 0.01  # of the full probability: areas that differ by less are told as equal


@dataclass(frozen=True)
class Hearing:
    """The methods on one piece. M methods, S source pieces and T prefix pieces side by side.

    scores (M, S + T); ranks (M, S + T): the place of a piece in the order of deletion, from 1, or 0
    where it is not hidden. hidden (K + 1,): pieces hidden at each point of the curves (M, K + 1)
    and of chance's (N, K + 1); areas (M,) and chance_area are the mean heights.
    """

    names: list[str]
    units: list[str]
    signed: list[bool]
    scores: np.ndarray
    ranks: np.ndarray
    hidden: list[int]
    curves: np.ndarray
    chance: np.ndarray
    areas: list[float]
    chance_area: float

    def best(self) -> list[int]:
        """The methods with the smallest area, several where they tie; none if chance is as good."""
        from transformer.analysis.deletion import winners

        return [] if self.chance_wins() else winners(self.areas, TIE * self.curves[0, 0])

    def chance_wins(self) -> bool:
        """Whether no method does better than chance, by more than a tie."""
        return min(self.areas) > self.chance_area - TIE * self.curves[0, 0]


def hear(
    info: ModelInfo, src: tuple[int, ...], tgt: tuple[int, ...], position: int, hide: Hide
) -> Hearing:
    """Why did the model write tgt[position + 1] after tgt[: position + 1]?

    src are ids that end in [EOS], tgt ids that begin with [SOS]; hide says which pieces the curves
    are measured on. Raises `LookError` where that takes too long or gives no numbers.
    """
    if max(len(src), position + 1) > MOST + 1:
        raise LookError(
            f"The methods are compared on up to {MOST} pieces a side: shorten the sentence, or "
            "choose an earlier piece."
        )
    return _hear(str(info.folder), stamp_of(info.folder), src, tgt, position, hide, info)


@st.cache_data(max_entries=64, show_spinner=False)
def _hear(
    folder: str,
    stamp: tuple[int, ...],
    src: tuple[int, ...],
    tgt: tuple[int, ...],
    position: int,
    hide: Hide,
    _info: ModelInfo,
) -> Hearing:
    import torch

    from transformer.analysis.case import open_case
    from transformer.analysis.deletion import chance_orders, deletion_curves, ranking
    from transformer.analysis.hiding import hideable
    from transformer.analysis.methods import METHODS

    model, ids = load(_info).model, torch.tensor([tgt])
    case = open_case(model, torch.tensor([src]), ids, position, tgt[position + 1])
    check_numbers([case.log_prob])
    sides = {"source": range(len(src)), "prefix": range(len(src), len(src) + position + 1)}
    places = [p for p in hideable(case) if hide == "both" or p in sides[hide]]
    said = [method.explain(case) for method in METHODS]
    orders = [ranking(scores, places) for scores in said]
    found = deletion_curves(case, [*orders, *chance_orders(places)])
    ranks = np.zeros((len(METHODS), len(src) + position + 1), np.uint32)
    for row, order in zip(ranks, orders, strict=True):
        row[order] = np.arange(1, len(order) + 1)
    areas = found.areas()
    return Hearing(
        [method.name for method in METHODS],
        [method.unit for method in METHODS],
        [method.signed for method in METHODS],
        torch.stack([torch.cat(scores) for scores in said]).numpy(),
        ranks,
        found.hidden,
        found.probability[: len(METHODS)].numpy(),
        found.probability[len(METHODS) :].numpy(),
        areas[: len(METHODS)].tolist(),
        areas[len(METHODS) :].mean().item(),
    )
