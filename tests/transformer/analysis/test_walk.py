"""Every number of the walk: what it declares to be made from is what it is made from, no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from transformer.analysis.dependencies import made
from transformer.analysis.walk import Walk, walk
from transformer.model import Transformer
from transformer.tokenizer import SOS
from transformer.trace import tracing

MakeModel = Callable[..., Transformer]
BOTH = pytest.mark.parametrize("norm", ["pre", "post"])
KINDS = pytest.mark.parametrize("kind", ["encoder", "decoder", "cross"])
SRC, TGT = [5, 9, 4, 11, 9, 16, 3], [SOS, 7, 12, 18, 5]


def traced(model: Transformer) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    with torch.no_grad(), tracing(model) as trace:
        model(torch.tensor([SRC]), torch.tensor([TGT]))
    return {name: tensor.numpy() for name, tensor in trace.items()}, trace.dims


def walked(make_model: MakeModel, norm: str, kind: str, layer: int, head: int) -> Walk:
    model = make_model(norm=norm, seed=3)
    return walk(model, *traced(model), kind, layer, head)


@BOTH
@KINDS
@pytest.mark.parametrize(("layer", "head"), [(0, 0), (1, 2)])
def test_every_number_follows_from_the_cells_that_it_declares(
    make_model: MakeModel, norm: str, kind: str, layer: int, head: int
) -> None:
    found = walked(make_model, norm, kind, layer, head)
    values, count = found.values(), 0
    for cells in found.tensors.values():
        if not cells.rule:
            continue
        again = np.array(
            [
                [made(cells.rule, cells.uses, values, i, j) for j in range(cells.values.shape[1])]
                for i in range(cells.values.shape[0])
            ]
        )
        assert again.dtype == np.float32
        np.testing.assert_allclose(again, cells.values, rtol=2e-5, atol=2e-6, err_msg=cells.name)
        count += again.size
    assert count > 400


@BOTH
@KINDS
def test_no_other_cell_goes_in(make_model: MakeModel, norm: str, kind: str) -> None:
    """With every cell that is not declared spoilt, the number stays what it was."""
    found = walked(make_model, norm, kind, 1, 1)
    values = found.values()
    for cells in found.tensors.values():
        i, j = cells.values.shape[0] - 2, cells.values.shape[1] // 2
        if not cells.rule or i < 0:
            continue
        spoilt: dict[str, np.ndarray] = {}
        for use in cells.uses:
            whole = values[use.tensor].astype(np.float32)
            places = np.arange(whole.size).reshape(whole.shape)
            kept = np.isin(places, use.cells(places, i, j))
            spoilt[use.tensor] = np.where(kept, whole, spoilt.get(use.tensor, np.nan))
        again = made(cells.rule, cells.uses, spoilt, i, j)
        assert again == pytest.approx(cells.values[i, j], rel=2e-5, abs=2e-6), cells.name


@BOTH
@KINDS
def test_what_has_a_tap_is_what_was_traced(make_model: MakeModel, norm: str, kind: str) -> None:
    model = make_model(norm=norm, seed=3)
    tensors, dims = traced(model)
    taps = [c for c in walk(model, tensors, dims, kind, 1, 2).tensors.values() if c.source in dims]
    assert len(taps) >= 10
    for cells in taps:
        letters, whole = dims[cells.source].split(), tensors[cells.source]
        whole = whole[0] if letters[0] == "b" else whole
        number = int(cells.name[5:]) - 1 if cells.name.startswith("head_") else 2
        np.testing.assert_array_equal(cells.values, whole[number] if "h" in letters else whole)


@BOTH
@KINDS
def test_what_the_model_does_not_show_is_what_its_modules_hear(
    make_model: MakeModel, norm: str, kind: str
) -> None:
    """The input of the attention and the first norm's result have no tap: caught at the modules."""
    model = make_model(norm=norm, seed=3)
    stack = model.encoder if kind == "encoder" else model.decoder
    layer: Any = stack.layers[1]
    attention = layer.cross_attention if kind == "cross" else layer.self_attention
    closing = layer.norm_2 if kind == "cross" else layer.norm_1
    heard: dict[str, Tensor] = {}

    def keep(name: str, module: nn.Module, given: tuple[Tensor, ...], out: Tensor) -> None:
        heard[f"{name}.in"], heard[f"{name}.out"] = given[0][0], out[0]

    attention.register_forward_hook(lambda *seen: keep("attention", *seen))
    closing.register_forward_hook(lambda *seen: keep("norm", *seen))
    found = walk(model, *traced(model), kind, 1, 0).tensors

    def same(name: str, whole: Tensor) -> None:
        np.testing.assert_allclose(found[name].values, whole.numpy(), rtol=1e-5, atol=1e-6)

    same("normed" if norm == "pre" else "x", heard["attention.in"])
    same("normed" if norm == "pre" else "out", heard["norm.out"])
    same("x" if norm == "pre" else "residual", heard["norm.in"])


@BOTH
@KINDS
def test_the_steps_stand_in_the_papers_order(make_model: MakeModel, norm: str, kind: str) -> None:
    found = walked(make_model, norm, kind, 0, 0)
    names = [step.name for step in found.steps]
    assert names[-11 - (norm == "post") :] == [
        *("queries", "keys", "values", "dots", "scale", "mask", "softmax", "blend", "concat"),
        *("output", "residual", *(["norm"] if norm == "post" else [])),
    ]
    known: set[str] = {name for name, cells in found.tensors.items() if not cells.rule}
    for step in found.steps:
        for name in step.made:
            assert {use.tensor for use in found.tensors[name].uses} <= known
            known.add(name)
    assert known == found.tensors.keys()


def test_an_unknown_kind_is_refused_with_a_sentence(make_model: MakeModel) -> None:
    with pytest.raises(ValueError, match="no attention 'both'"):
        walked(make_model, "pre", "both", 0, 0)
