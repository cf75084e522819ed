"""One head, step by step: every tensor between a layer's input and its normed residual.

From a trace and the weights, in the paper's order (sections 3.1 to 3.4, equation 1). Rows are
positions, columns are features: what the trace holds as "b h t k" is (T, K) here, for one head of
one sentence. Each tensor declares what its cells are made from (see `dependencies`), where it was
traced, and the Python that finds it in a trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from transformer.analysis.dependencies import Cells
from transformer.analysis.walk_site import Site, Step
from transformer.analysis.walk_steps import leaving, looking
from transformer.analysis.walk_stream import entering, norm

if TYPE_CHECKING:
    from transformer.model import Transformer


@dataclass(frozen=True)
class Walk:
    """The steps of one head in order, and all tensors that they make or start from, by name."""

    kind: str
    layer: int
    head: int
    steps: tuple[Step, ...]
    tensors: Mapping[str, Cells]

    def values(self) -> dict[str, np.ndarray]:
        """The numbers of each tensor, by name."""
        return {name: cells.values for name, cells in self.tensors.items()}


def walk(
    model: Transformer,
    tensors: Mapping[str, np.ndarray],
    dims: Mapping[str, str],
    kind: str,
    layer: int,
    head: int,
) -> Walk:
    """The walk through one head, counted from 0, for every query position at once.

    tensors and dims are those of one traced forward pass over one sentence (a batch of one) without
    padding; kind is "encoder", "decoder" (its masked self-attention) or "cross".
    """
    site = Site(model, tensors, dims, kind, layer, head)
    pre = model.config.norm == "pre"
    entering(site)
    if pre:
        norm(site, "norm", "x", site.norm, "normed", "x̂")
    looking(site, "normed" if pre else "x")
    leaving(site)
    if not pre:
        norm(site, "norm", "residual", site.norm, "out", "y")
    return Walk(kind, layer, head, tuple(site.steps), site.made)
