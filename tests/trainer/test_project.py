"""Maps of a bundle: what is written, that it can be made again, and what is said when it cannot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from trainer import project
from transformer.analysis.projections import pca
from transformer.bundle import Bundle, bundle_hash, save_bundle
from transformer.config import ModelConfig
from transformer.model import Transformer
from transformer.tokenizer import train_bpe

ROOT = Path(__file__).resolve().parents[2]


def make_bundle(folder: Path, tied: bool = True) -> Bundle:
    tokenizer = train_bpe(["the red car is in front of the house"], 270)
    torch.manual_seed(5)
    sizes: dict[str, Any] = {
        "encoder_layers": 1,
        "decoder_layers": 1,
        "d_model": 16,
        "d_ff": 16,
        "heads": 2,
    }
    vocab = len(tokenizer)
    config = ModelConfig(
        src_vocab=vocab, tgt_vocab=vocab, tie_embeddings=tied, max_tokens=16, **sizes
    )
    bundle = Bundle(Transformer(config).eval(), tokenizer, tokenizer, ("en", "it"), {})
    save_bundle(folder, bundle, half=False)
    return bundle


def test_pca_is_written_for_each_matrix_and_names_its_bundle(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(project, "has_umap", lambda: False)
    bundle = make_bundle(tmp_path / "model", tied=False)
    assert project.main([str(tmp_path / "model")]) == 0
    with np.load(tmp_path / "model" / "projection.npz", allow_pickle=False) as file:
        assert str(file["hash"]) == bundle_hash(tmp_path / "model")
        assert set(file) == {"hash", "src_pca", "src_share", "tgt_pca", "tgt_share"}
        points, share = pca(bundle.model.tgt_embedding.weight.detach(), 3)
        np.testing.assert_array_equal(file["tgt_pca"], points.numpy())
        np.testing.assert_array_equal(file["tgt_share"], share.numpy())
    assert sorted(p.name for p in (tmp_path / "model").glob("*projection*")) == ["projection.npz"]


def test_a_tied_model_has_one_map(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(project, "has_umap", lambda: False)
    make_bundle(tmp_path / "model")
    assert set(project.projections(tmp_path / "model")) == {"hash", "src_pca", "src_share"}


def test_no_bundle_is_one_sentence(tmp_path, capsys) -> None:
    assert project.main([str(tmp_path / "nothing")]) == 1
    assert "There is no model" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(project, "has_umap", lambda: False)
    make_bundle(tmp_path / "model")
    (tmp_path / "file").touch()
    assert project.main([str(tmp_path / "model"), "--out", str(tmp_path / "file" / "x.npz")]) == 1
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.slow
def test_umap_is_the_same_each_time_and_keeps_neighbours(tmp_path) -> None:
    pytest.importorskip("umap")
    bundle = make_bundle(tmp_path / "model")
    with torch.no_grad():  # three tight bunches, to be found again on the map
        size = len(bundle.src_tokenizer)
        centres = 5 * torch.eye(16)[torch.arange(size) % 3]
        bundle.model.src_embedding.weight.copy_(centres + 0.05 * torch.randn(size, 16))
    save_bundle(tmp_path / "model", bundle, half=False)
    maps = []
    for name in ("one.npz", "two.npz"):
        command = [sys.executable, "-m", "trainer.project", str(tmp_path / "model")]
        subprocess.run([*command, "--out", str(tmp_path / name)], cwd=ROOT, check=True)
        with np.load(tmp_path / name, allow_pickle=False) as file:
            maps.append({key: file[key] for key in file})
    for key in ("src_umap2", "src_umap3", "src_pca"):
        np.testing.assert_array_equal(maps[0][key], maps[1][key])
    points = maps[0]["src_umap2"]
    assert points.shape == (size, 2) and np.isfinite(points).all()
    distance = np.linalg.norm(points[:, None] - points[None], axis=-1)
    np.fill_diagonal(distance, np.inf)
    assert (distance.argmin(1) % 3 == np.arange(size) % 3).mean() > 0.99
