"""One case of a small model with random weights."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from torch import Tensor

from transformer.analysis.case import Case, open_case
from transformer.model import Transformer

PIECE = 11


@pytest.fixture(params=["pre", "post"])
def case(
    request: pytest.FixtureRequest, make_model: Callable[..., Transformer], src: Tensor, tgt: Tensor
) -> Case:
    """S = 7, T = 4 of the 5 positions given: 2 encoder layers, 3 decoder layers, 3 heads."""
    return open_case(make_model(norm=request.param), src[:1], tgt[:1], 3, PIECE)
