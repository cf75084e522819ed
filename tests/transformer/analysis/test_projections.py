"""PCA against torch's own SVD; neighbours against the plain definition."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from transformer.analysis.projections import (
    nearest,
    nearest_by_distance,
    neighbour_graph,
    pca,
    untrained_rows,
)
from transformer.config import ModelConfig
from transformer.model import Transformer

ROWS = torch.randn(50, 7, generator=torch.Generator().manual_seed(3)) * torch.arange(1.0, 8)


def test_pca_is_the_svd_of_the_centred_rows() -> None:
    points, share = pca(ROWS, 3)
    centred = ROWS - ROWS.mean(0)
    left, sizes, _ = torch.linalg.svd(centred, full_matrices=False)
    torch.testing.assert_close(points.abs(), (left[:, :3] * sizes[:3]).abs(), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(share, (sizes**2 / (sizes**2).sum())[:3])


def test_pca_of_a_large_vocabulary_is_the_librarys_up_to_sign() -> None:
    library = pytest.importorskip("sklearn.decomposition")
    rows = torch.randn(10_000, 256, generator=torch.Generator().manual_seed(5))
    rows *= torch.linspace(1, 2, 256)
    points, _ = pca(rows, 3)
    theirs = library.PCA(3, svd_solver="full").fit_transform(rows.double().numpy())
    np.testing.assert_allclose(np.abs(points.numpy()), np.abs(theirs), atol=1e-4)


def test_rows_of_doubles_are_not_moved() -> None:
    rows = ROWS.double() + 5
    before = rows.clone()
    pca(rows, 2)
    torch.testing.assert_close(rows, before, rtol=0, atol=0)


def test_all_components_keep_all_distances() -> None:
    points, share = pca(ROWS, 7)
    torch.testing.assert_close(torch.pdist(points), torch.pdist(ROWS), atol=1e-4, rtol=1e-4)
    assert share.sum() == pytest.approx(1, abs=1e-6)


def test_a_turned_matrix_gives_the_same_picture() -> None:
    points, _ = pca(ROWS, 2)
    again, _ = pca(ROWS + 5.0, 2)
    torch.testing.assert_close(points, again, atol=1e-4, rtol=1e-4)


def test_equal_rows_have_no_variance_to_share() -> None:
    points, share = pca(torch.ones(5, 4), 2)
    assert not points.any()
    assert not share.any()


@pytest.mark.parametrize("components", [0, 8])
def test_components_that_do_not_exist_are_refused(components: int) -> None:
    with pytest.raises(ValueError, match="do not exist"):
        pca(ROWS, components)


def test_nearest_is_by_cosine_and_leaves_itself_out() -> None:
    matrix = torch.tensor([[1.0, 0], [9, 0.1], [0, 1], [-1, 0], [1, 1]])
    indices, cosines = nearest(matrix, 0, 10)
    assert indices.tolist() == [1, 4, 2, 3]
    torch.testing.assert_close(cosines[1], torch.tensor(0.5).sqrt())
    assert cosines[-1] == -1


def test_nearest_refuses_a_row_outside() -> None:
    with pytest.raises(IndexError):
        nearest(ROWS, 50, 3)


def test_the_graph_agrees_with_nearest_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transformer.analysis.projections.CHUNK", 8)
    rows = torch.cat([ROWS, ROWS[:2]])  # twins: each row must still come first in its own list
    indices, distances = neighbour_graph(rows, 6)
    assert indices.dtype == np.int32 and distances.dtype == np.float32
    np.testing.assert_array_equal(indices[:, 0], np.arange(len(rows)))
    assert not distances[:, 0].any()
    for row in range(2, 50):
        near, cosines = nearest(rows, row, 5)
        np.testing.assert_allclose(distances[row, 1:], 1 - cosines.numpy(), atol=1e-6)
        assert {n % 50 for n in indices[row, 1:]} == {n % 50 for n in near.tolist()}


@pytest.mark.parametrize("tied", [False, True])
def test_untrained_rows_are_those_of_a_fresh_model(tied: bool) -> None:
    config = ModelConfig(
        src_vocab=11, tgt_vocab=11 if tied else 13, encoder_layers=1, decoder_layers=1,
        d_model=8, d_ff=8, heads=2, tie_embeddings=tied,
    )  # fmt: skip
    torch.manual_seed(5)
    fresh = Transformer(config)
    before = torch.get_rng_state()
    for side in ("src", "tgt"):
        wanted = getattr(fresh, f"{side}_embedding").weight.detach()
        torch.testing.assert_close(untrained_rows(config, 5, side), wanted, atol=0, rtol=0)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_nearest_by_distance_are_numpys() -> None:
    indices, distances = nearest_by_distance(ROWS, 4, 6)
    wanted = np.linalg.norm(ROWS.numpy() - ROWS[4].numpy(), axis=1)
    order = [row for row in np.argsort(wanted) if row != 4][:6]
    assert indices.tolist() == order
    np.testing.assert_allclose(distances, wanted[order], rtol=1e-5)
    with pytest.raises(IndexError):
        nearest_by_distance(ROWS, 50, 2)
