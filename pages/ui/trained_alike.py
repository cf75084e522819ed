"""Models that differ in their positions alone."""

from __future__ import annotations

from collections.abc import Sequence

from pages.ui.catalogue import ModelInfo

KINDS = ("sinusoidal", "learned", "none")


def trained_alike(own: ModelInfo, models: Sequence[ModelInfo]) -> dict[str, ModelInfo | None]:
    """A model of each kind of positions; None where there is none of a kind.

    Of the same sizes, languages and number of updates, where there is one of each such: those of
    the model on show, else the first in the list. Else whichever there are, those like it first.
    """
    families: dict[tuple[object, ...], dict[str, ModelInfo]] = {}
    for info in (own, *models):
        families.setdefault(_family(info), {}).setdefault(info.positions, info)
    whole = (family for family in families.values() if family.keys() == set(KINDS))
    loose = {kind: info for family in reversed(families.values()) for kind, info in family.items()}
    found = next(whole, loose)
    return {kind: found.get(kind) for kind in KINDS}


def _family(info: ModelInfo) -> tuple[object, ...]:
    return (
        tuple(sorted(info.layers.items())),
        info.heads,
        info.d_model,
        info.languages,
        info.joint,
        info.step,
    )
