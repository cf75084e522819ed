"""Which models stand beside each other to compare their positions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pages.ui.catalogue import ModelInfo
from pages.ui.trained_alike import trained_alike

LAYERS = {"encoder": 2, "decoder": 2, "cross": 2}
SMALL = ModelInfo(
    "small", "small", Path(), True, ("en", "it"), LAYERS, 4, 64, 128, True, 600, "sinusoidal"
)
LEARNED = replace(SMALL, key="small-learned", positions="learned")
NONE = replace(SMALL, key="small-none", positions="none")
LARGE = replace(SMALL, key="large", d_model=256)
TRIO = {"sinusoidal": SMALL, "learned": LEARNED, "none": NONE}


@pytest.mark.parametrize("own", [LARGE, SMALL, NONE])
def test_one_of_each_of_the_same_sizes_is_shown_whichever_model_is_on_show(own: ModelInfo) -> None:
    assert trained_alike(own, [LARGE, SMALL, LEARNED, NONE]) == TRIO


def test_those_like_the_model_on_show_come_before_those_of_the_list() -> None:
    large = {kind: replace(info, d_model=256) for kind, info in TRIO.items()}
    models = [*TRIO.values(), *large.values()]
    assert trained_alike(large["none"], models) == large
    assert trained_alike(TRIO["none"], models) == TRIO


def test_another_number_of_updates_is_not_alike() -> None:
    early = replace(NONE, key="early", step=30)
    assert trained_alike(early, [SMALL, LEARNED, NONE]) == TRIO


def test_where_no_three_are_alike_the_one_on_show_comes_first() -> None:
    assert trained_alike(LARGE, [SMALL, LEARNED]) == {
        "sinusoidal": LARGE,
        "learned": LEARNED,
        "none": None,
    }
