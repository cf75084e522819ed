"""Where a walk takes place: one head of one layer, with its names in the trace and its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from transformer.analysis.dependencies import Cells, Use

if TYPE_CHECKING:
    from transformer.model import Transformer

KINDS = ("encoder", "decoder", "cross")


@dataclass(frozen=True)
class Step:
    """One step of the walk: its name, its formula as the paper writes it, the tensors it makes."""

    name: str
    formula: str
    made: tuple[str, ...]


class Site:
    """Collects the tensors and steps of a walk in the order in which they are made."""

    def __init__(
        self,
        model: Transformer,
        tensors: Mapping[str, np.ndarray],
        dims: Mapping[str, str],
        kind: str,
        layer: int,
        head: int,
    ) -> None:
        if kind not in KINDS:
            raise ValueError(f"There is no attention {kind!r}: use one of {', '.join(KINDS)}.")
        self.model, self.tensors, self.dims = model, tensors, dims
        self.kind, self.layer, self.head = kind, layer, head
        self.width, self.heads = model.config.d_model, model.config.heads
        self.d_k = self.width // self.heads
        self.side = "src" if kind == "encoder" else "tgt"
        self.stack = "encoder" if kind == "encoder" else "decoder"
        self.base = f"{self.stack}.layers.{layer}"
        self.attention = f"{self.base}.{'cross' if kind == 'cross' else 'self'}_attention"
        self.norm = f"{self.base}.norm_{2 if kind == 'cross' else 1}"
        self.made: dict[str, Cells] = {}
        self.steps: list[Step] = []

    @property
    def columns(self) -> slice:
        """The columns of this head in what is D wide."""
        return slice(self.head * self.d_k, (self.head + 1) * self.d_k)

    def step(self, name: str, formula: str, *made: str) -> None:
        self.steps.append(Step(name, formula, made))

    def __getitem__(self, name: str) -> np.ndarray:
        return self.made[name].values

    def rows_of(self, name: str) -> str:
        """Python for row {i} of a tensor that is there already."""
        return self.made[name].code

    def add(
        self,
        name: str,
        symbol: str,
        values: np.ndarray,
        axes: str,
        rule: str = "",
        uses: tuple[Use, ...] = (),
        **about: str,
    ) -> None:
        """Keep a tensor; axes are the names of its rows and columns, "query width"."""
        rows, cols = axes.split()
        values = values.reshape(-1, values.shape[-1]) if values.ndim else values.reshape(1, 1)
        self.made[name] = Cells(name, symbol, values, rows, cols, rule=rule, uses=uses, **about)

    def traced(
        self,
        name: str,
        symbol: str,
        tap: str,
        axes: str,
        rule: str = "",
        uses: tuple[Use, ...] = (),
        head: int | None = None,
    ) -> None:
        """Keep a tensor of the trace, of one head where it has heads."""
        batched = self.dims[tap].startswith("b")
        values = self.tensors[tap][0] if batched else self.tensors[tap]
        place = "0, " if batched else ""
        if head is not None:
            values, place = values[head], f"0, {head}, "
        about = {"source": tap, "dims": self.dims[tap], "code": f'trace["{tap}"][{place}{{i}}]'}
        self.add(name, symbol, values, axes, rule, uses, **about)

    def parameter(self, name: str, symbol: str, full: str, axes: str, columns: slice) -> None:
        """Keep a weight as equation 1 multiplies by it, (in, out), or a vector as one row."""
        values = self.model.get_parameter(full).detach().numpy()
        matrix = values.ndim == 2
        values = values.T[:, columns] if matrix else values[None, columns]
        span = f"{columns.start}:{columns.stop}"
        place = f".T[{{i}}, {span}]" if matrix else f"[{span}]"
        dims = " ".join({"width": "d", "head": "k"}[a] for a in axes.split() if a != "one")
        code = f'bundle.model.get_parameter("{full}"){place}'
        self.add(name, symbol, values, axes, source=full, dims=dims, code=code)
