"""Each way to explain a piece, against a second computation that shares no line with it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import numpy as np
import pytest
import torch
from torch import Tensor

from transformer.analysis.case import Case, open_case
from transformer.analysis.gradient_attention import gradient_attention
from transformer.analysis.gradient_input import gradient_input
from transformer.analysis.methods import METHODS, Method
from transformer.analysis.occlusion import occlusion
from transformer.analysis.raw_attention import raw_attention
from transformer.analysis.relevance import relevance
from transformer.analysis.rollout import rollout
from transformer.masks import causal_mask
from transformer.model import Transformer
from transformer.trace import tracing

ALL = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
STEP = 1e-3


def logit(case: Case, edits: dict[str, Callable[[Tensor], Tensor]]) -> float:
    """The score of the case's piece in float64, with some tensors edited on the way."""
    model = case.model.double()
    try:
        with torch.no_grad(), tracing(model, edits):
            return model(case.src, case.prefix)[0, -1, case.piece].item()
    finally:
        model.float()


def slope(case: Case, name: str, place: tuple[int, ...]) -> float:
    """d logit / d one number of a traced tensor, by central differences."""

    def nudged(by: float) -> Callable[[Tensor], Tensor]:
        def edit(tensor: Tensor) -> Tensor:
            moved = tensor.clone()
            moved[place] += by
            return moved

        return edit

    up, down = (logit(case, {name: nudged(by)}) for by in (STEP, -STEP))
    return (up - down) / (2 * STEP)


@ALL
def test_a_score_for_each_piece_and_the_model_stays_as_it_is(
    method: Method, case: Case, src: Tensor, tgt: Tensor
) -> None:
    before = {name: p.detach().clone() for name, p in case.model.named_parameters()}
    scores = method.explain(open_case(case.model, src[:1], tgt[:1], 3, case.piece))
    assert [tuple(part.shape) for part in scores] == [(7,), (4,)]
    assert all(part.dtype == torch.float32 and not part.requires_grad for part in scores)
    assert method.signed or all(bool((part >= 0).all()) for part in scores)
    for name, parameter in case.model.named_parameters():
        assert parameter.grad is None and parameter.requires_grad
        assert torch.equal(parameter, before[name])


@ALL
def test_a_frozen_model_without_gradients_is_explained_alike(
    method: Method, case: Case, src: Tensor, tgt: Tensor
) -> None:
    own = method.explain(case)
    case.model.requires_grad_(False)
    with torch.no_grad():
        frozen = method.explain(open_case(case.model, src[:1], tgt[:1], 3, case.piece))
    for one, other in zip(own, frozen, strict=True):
        torch.testing.assert_close(one, other, equal_nan=True)


def test_two_threads_on_one_model_do_not_mix(case: Case, src: Tensor, tgt: Tensor) -> None:
    def explained(piece: int) -> Tensor:
        other = open_case(case.model, src[:1], tgt[:1], 3, piece)
        return torch.cat([*gradient_input(other), *relevance(other)])

    pieces = list(range(4, 19)) * 3
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(explained, pieces))
    for piece, found in zip(pieces, together, strict=True):
        torch.testing.assert_close(found, explained(piece))


def test_the_future_has_no_part(case: Case, src: Tensor, tgt: Tensor) -> None:
    other = torch.cat([tgt[:1, :4], torch.tensor([[9, 9, 9]])], dim=1)
    again = open_case(case.model, src[:1], other, 3, case.piece)
    assert again.log_prob == case.log_prob
    whole = case.model(src[:1], tgt[:1])[0, 3].log_softmax(-1)[case.piece].item()
    assert case.log_prob == pytest.approx(whole, abs=1e-5)


def test_raw_attention_is_the_last_layers_last_row(case: Case) -> None:
    with torch.no_grad(), tracing(case.model) as trace:
        case.model(case.src, case.prefix)
    found = raw_attention(case)
    for part, kind in zip(found, ("cross", "self"), strict=True):
        own = trace[f"decoder.layers.2.{kind}_attention.weights"].numpy()
        np.testing.assert_allclose(part, own[0, :, 3].mean(0), rtol=1e-5)
        assert part.sum().item() == pytest.approx(1, abs=1e-5)


def test_rollout_is_the_product_of_one_large_matrix_a_layer(case: Case) -> None:
    """Source and target side by side in one stack: 7 + 4 positions, each layer one matrix."""
    encoder, own, cross = (
        [layer.numpy().astype(np.float64).mean(0) for layer in case.weights(kind)]
        for kind in ("encoder", "decoder", "cross")
    )
    flow = np.eye(11)
    for weights in encoder:
        layer = np.eye(11)
        layer[:7, :7] = (weights + np.eye(7)) / 2
        flow = layer @ flow
    for looked, across in zip(own, cross, strict=True):
        layer = np.eye(11)
        layer[7:, 7:] = (looked + np.eye(4)) / 2
        flow = layer @ flow
        layer = np.eye(11)
        layer[7:, 7:] /= 2
        layer[7:, :7] = across / 2
        flow = layer @ flow
    np.testing.assert_allclose(torch.cat([*rollout(case)]), flow[-1], rtol=1e-4)
    assert torch.cat([*rollout(case)]).sum().item() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("part", "kind"), [(0, "cross"), (1, "self")])
def test_gradient_weighted_attention_is_what_small_changes_of_the_weights_do(
    case: Case, part: int, kind: str
) -> None:
    name = f"decoder.layers.2.{kind}_attention.weights"
    weights = case.tensors[name][0, :, -1]
    slopes = [
        [slope(case, name, (0, head, 3, place)) for place in range(weights.size(1))]
        for head in range(3)
    ]
    wanted = (torch.tensor(slopes).float() * weights).clamp(min=0).mean(0)
    torch.testing.assert_close(gradient_attention(case)[part], wanted, rtol=1e-2, atol=1e-4)


@pytest.mark.parametrize(("part", "side"), [(0, "src"), (1, "tgt")])
def test_gradient_input_is_what_shrinking_a_row_does(case: Case, part: int, side: str) -> None:
    def shrunk(place: int, by: float) -> Callable[[Tensor], Tensor]:
        return lambda rows: torch.stack(
            [row * (1 - by) if t == place else row for t, row in enumerate(rows[0])]
        )[None]

    found = gradient_input(case)[part]
    for place in range(len(found)):
        low, high = (
            logit(case, {f"{side}_embedding.rows": shrunk(place, by)}) for by in (STEP, -STEP)
        )
        assert found[place].item() == pytest.approx((high - low) / (2 * STEP), rel=1e-2, abs=1e-3)


def test_relevance_of_one_layer_each_by_hand(
    make_model: Callable[..., Transformer], src: Tensor, tgt: Tensor
) -> None:
    """With one layer on each side, equations 5 to 10 are two lines for the last row."""
    model = make_model(encoder_layers=1, decoder_layers=1)
    case = open_case(model, src[:1], tgt[:1], 2, 4)
    kinds = {"encoder": "encoder.layers.0.self", "own": "decoder.layers.0.self"}
    kinds["cross"] = "decoder.layers.0.cross"
    a = {}
    for key, kind in kinds.items():
        name = f"{kind}_attention.weights"
        product = (case.gradients[name] * case.tensors[name])[0].numpy().astype(np.float64)
        a[key] = np.maximum(product, 0).mean(0)
    last = a["own"][2]  # only the last row of the only decoder layer reaches the logit
    assert not a["own"][:2].any() and not a["cross"][:2].any()
    assert last.all() and last[2] > 0.01 * last.sum()  # or nothing would be tested
    rows = a["encoder"].sum(1, keepdims=True)
    source = np.eye(7) + np.divide(a["encoder"], rows, out=np.zeros((7, 7)), where=rows > 0)
    own = 1 + last[2] / last.sum()  # R̄_tt at (last, last)
    found = relevance(case)
    np.testing.assert_allclose(found.src, own * (a["cross"][2] @ source), rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(found.prefix, last, rtol=1e-4, atol=1e-7)


def test_occlusion_is_one_run_without_each_piece(case: Case) -> None:
    """One by one, and with padding ids where the model itself hides a source piece."""
    full = case.model(case.src, case.prefix)[0, -1].log_softmax(-1)[case.piece].item()
    found = occlusion(case)
    assert found.src[-1].isnan() and found.prefix[0].isnan()
    for place in range(6):
        without = case.src.clone()
        without[0, place] = 0
        left = case.model(without, case.prefix)[0, -1].log_softmax(-1)[case.piece].item()
        assert found.src[place].item() == pytest.approx(full - left, abs=1e-4)
    memory = case.model.encode(case.src, None)
    for place in range(1, 4):
        mask = causal_mask(4)
        mask[..., place] = False
        edits = {
            "tgt_embedding.rows": lambda rows, place=place: rows.index_fill(
                1, torch.tensor(place), 0
            )
        }
        with tracing(case.model, edits):
            scores = case.model.decode(case.prefix, memory, mask, None)[0, -1]
        left = scores.log_softmax(-1)[case.piece].item()
        assert found.prefix[place].item() == pytest.approx(full - left, abs=1e-4)


def test_relevance_through_several_layers_is_the_sum_over_paths(case: Case) -> None:
    """Self-attention multiplies by (1 + A), so R is a product; a cross layer's share is carried on
    by the self-attentions of the layers above it."""

    def a(kind: Literal["encoder", "decoder", "cross"], layer: int) -> np.ndarray:
        pairs = zip(case.weights(kind)[layer], case.weight_gradients(kind)[layer], strict=True)
        heads = [np.maximum(w.numpy() * g.numpy(), 0) for w, g in pairs]
        return np.stack(heads).astype(np.float64).mean(0)

    def rows_to_one(product: np.ndarray) -> np.ndarray:
        rest = product - np.eye(len(product))
        return np.eye(len(product)) + [row / (row.sum() or 1) for row in rest]

    memory = (np.eye(7) + a("encoder", 1)) @ (np.eye(7) + a("encoder", 0))
    grown = [np.eye(4) + a("decoder", layer) for layer in range(3)]
    own = [grown[0], grown[1] @ grown[0], grown[2] @ grown[1] @ grown[0]]
    shares = [
        rows_to_one(own[layer]).T @ a("cross", layer) @ rows_to_one(memory) for layer in range(3)
    ]
    between = grown[2] @ (grown[1] @ shares[0] + shares[1]) + shares[2]
    found = relevance(case)
    np.testing.assert_allclose(found.src, between[-1], rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(found.prefix, (own[2] - np.eye(4))[-1], rtol=1e-3, atol=1e-6)
