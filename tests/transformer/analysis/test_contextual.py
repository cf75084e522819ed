"""Vectors in context: they equal an independent forward, and their scores the plain definition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from transformer.analysis.contextual import (
    distances,
    encoder_states,
    nearest_rows,
    parting,
    parting_of_others,
    plane,
    stops_of,
)
from transformer.model import Transformer
from transformer.positions import sinusoids

MakeModel = Callable[..., Transformer]


def reference_layer(model: Transformer, number: int) -> nn.TransformerEncoderLayer:
    """torch's own encoder layer with the weights of ours."""
    config = model.config
    ours: Any = model.encoder.layers[number]
    layer = nn.TransformerEncoderLayer(
        config.d_model, config.heads, config.d_ff, 0.0, batch_first=True,
        norm_first=config.norm == "pre",
    ).eval()  # fmt: skip
    attention, ffn = ours.self_attention, ours.feed_forward
    qkv = (attention.w_q, attention.w_k, attention.w_v)
    weights = {
        "self_attn.in_proj_weight": torch.cat([linear.weight for linear in qkv]),
        "self_attn.in_proj_bias": torch.cat([linear.bias for linear in qkv]),
    }
    for theirs, mine in (
        ("self_attn.out_proj", attention.w_o), ("linear1", ffn.w_1), ("linear2", ffn.w_2),
        ("norm1", ours.norm_1), ("norm2", ours.norm_2),
    ):  # fmt: skip
        weights |= {f"{theirs}.weight": mine.weight, f"{theirs}.bias": mine.bias}
    layer.load_state_dict(weights)
    return layer


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_the_states_equal_those_of_torchs_own_layers(
    make_model: MakeModel, norm: str, src: Tensor
) -> None:
    model = make_model(norm=norm)
    found = encoder_states(model, src[0].tolist())
    x = model.src_embedding.weight[src[0]] * model.config.d_model**0.5
    wanted = [x]
    x = x + sinusoids(src.size(1), model.config.d_model)
    wanted.append(x)
    with torch.no_grad():
        for number in range(model.config.encoder_layers):
            x = reference_layer(model, number)(x[None])[0]
            wanted.append(x)
        if norm == "pre":
            end: Any = model.encoder.norm
            wanted.append(nn.functional.layer_norm(x, x.shape[-1:], end.weight, end.bias))
    assert list(stops_of(model)) == [
        "embedding", "+ position", "layer 1", "layer 2", *(["memory"] if norm == "pre" else [])
    ]  # fmt: skip
    torch.testing.assert_close(found, torch.stack(wanted).detach(), atol=1e-5, rtol=1e-5)


def cosine_distance(a: Tensor, b: Tensor) -> float:
    x, y = a.double().numpy(), b.double().numpy()
    return float(1 - x @ y / np.linalg.norm(x) / np.linalg.norm(y))


@pytest.mark.parametrize("count", [2, 3, 7])
def test_parting_is_the_mean_over_all_pairs(count: int) -> None:
    vectors = torch.randn(3, count, 5, generator=torch.Generator().manual_seed(count)) + 0.5
    for at, found in enumerate(parting(vectors)):
        rows = vectors[at]
        pairs = [cosine_distance(rows[i], rows[j]) for i in range(count) for j in range(i)]
        assert found.item() == pytest.approx(np.mean(pairs), abs=1e-9)
    table = distances(vectors)
    assert table[1, 0, 1].item() == pytest.approx(cosine_distance(*vectors[1, :2]), abs=1e-6)
    assert parting(vectors[:, :1]).isnan().all()


def test_the_baseline_is_the_mean_over_pairs_of_different_sentences() -> None:
    generator = torch.Generator().manual_seed(0)
    groups = [torch.randn(2, n, 4, generator=generator) + 0.3 for n in (1, 3, 4)]
    for at, found in enumerate(parting_of_others(groups)):
        pairs = [
            cosine_distance(a, b)
            for g, group in enumerate(groups)
            for other in groups[:g]
            for a in group[at]
            for b in other[at]
        ]
        assert found.item() == pytest.approx(np.mean(pairs), abs=1e-9)
    assert parting_of_others(groups[:1]).isnan().all()


def test_the_plane_is_numpys_singular_vectors() -> None:
    vectors = torch.randn(3, 4, 6, generator=torch.Generator().manual_seed(2))
    points, share = plane(vectors)
    rows = vectors.reshape(-1, 6).double().numpy()
    centred = rows - rows.mean(0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    np.testing.assert_allclose(
        np.abs(points.reshape(-1, 2).numpy()), np.abs(left[:, :2] * sizes[:2]), atol=1e-5
    )
    np.testing.assert_allclose(share, (sizes**2 / (sizes**2).sum())[:2], atol=1e-6)


def test_one_vector_is_one_point() -> None:
    points, share = plane(torch.ones(1, 1, 6))
    assert points.tolist() == [[[0.0, 0.0]]] and share.tolist() == [0.0, 0.0]


def test_the_nearest_rows_are_those_with_the_largest_cosines() -> None:
    generator = torch.Generator().manual_seed(5)
    matrix, vectors = torch.randn(9, 4, generator=generator), torch.randn(2, 3, 4)
    ids, cosines = nearest_rows(vectors, matrix, 20)
    assert ids.shape == (2, 3, 9)
    for row, value in zip(ids[1, 2], cosines[1, 2], strict=True):
        assert 1 - value.item() == pytest.approx(cosine_distance(vectors[1, 2], matrix[row]))
    assert (cosines.diff(dim=-1) <= 0).all()
