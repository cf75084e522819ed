"""Maps with one's own settings equal the libraries', and impossible settings are one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from trainer.layouts import main
from transformer.analysis.projections import neighbour_graph, unit_rows
from transformer.bundle import Bundle, load_bundle, save_bundle
from transformer.config import ModelConfig
from transformer.model import Transformer
from transformer.tokenizer import train_bpe


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tokenizer = train_bpe(["the red car", "la macchina rossa"], 270)
    torch.manual_seed(2)
    size = len(tokenizer)
    config = ModelConfig(
        src_vocab=size, tgt_vocab=size, encoder_layers=1, decoder_layers=1, d_model=12, d_ff=8,
        heads=2, max_tokens=16,
    )  # fmt: skip
    made = tmp_path_factory.mktemp("layouts") / "toy"
    save_bundle(made, Bundle(Transformer(config).eval(), tokenizer, tokenizer, ("en", "it"), {}))
    return made


def made(folder: Path, out: Path, *options: str) -> np.ndarray:
    assert main([str(folder), "--out", str(out), *options]) == 0
    with np.load(out) as file:
        points: np.ndarray = file["src"]
        return points


@pytest.mark.slow
def test_tsne_is_scikit_learns_for_the_same_seed(folder: Path, tmp_path: Path) -> None:
    manifold = pytest.importorskip("sklearn.manifold")
    pytest.importorskip("umap")
    found = made(folder, tmp_path / "map.npz", "--method", "tsne", "--near", "12")
    # Rounding grows in a thousand rounds: the rows must be the same to the last bit.
    rows = unit_rows(load_bundle(folder).model.src_embedding.weight.detach()).numpy()
    layout = manifold.TSNE(2, perplexity=12, init="pca", random_state=0, n_jobs=1)
    np.testing.assert_array_equal(found, layout.fit_transform(rows))


@pytest.mark.slow
def test_umap_is_umap_learns_for_the_same_seed(folder: Path, tmp_path: Path) -> None:
    umap = pytest.importorskip("umap")
    found = made(folder, tmp_path / "map.npz", "--method", "umap", "--near", "9", "--spread", "0.4")
    matrix = load_bundle(folder).model.src_embedding.weight.detach()
    layout = umap.UMAP(
        n_neighbors=9, min_dist=0.4, metric="cosine", random_state=0, n_jobs=1,
        precomputed_knn=neighbour_graph(matrix, 9), force_approximation_algorithm=True,
    )  # fmt: skip
    np.testing.assert_array_equal(found, layout.fit_transform(matrix.numpy()))


@pytest.mark.parametrize("near", ["1", "261", "9999"])
def test_settings_that_fit_no_map_are_one_sentence(
    near: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "map.npz"
    assert main([str(folder), "--out", str(out), "--method", "tsne", "--near", near]) == 1
    assert "A vocabulary of 261 pieces takes 2 to 260" in capsys.readouterr().err
    assert not out.exists()
