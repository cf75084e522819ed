"""A small model with random weights, and a runs folder whose only export it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from transformer.bundle import Bundle, save_bundle
from transformer.config import ModelConfig
from transformer.model import Transformer
from transformer.tokenizer import train_bpe

SENTENCES = ["the red car is in front of the house", "la macchina rossa è davanti alla casa"]


@pytest.fixture(scope="session")
def bundle_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An English-Italian bundle: 2 layers on each side, 3 heads, 32 positions. Do not change it."""
    tokenizer = train_bpe(SENTENCES, 290)
    torch.manual_seed(7)
    config = ModelConfig(
        src_vocab=len(tokenizer),
        tgt_vocab=len(tokenizer),
        encoder_layers=2,
        decoder_layers=2,
        d_model=24,
        d_ff=32,
        heads=3,
        max_tokens=32,
    )
    folder = tmp_path_factory.mktemp("bundles") / "toy"
    model = Transformer(config).eval()
    save_bundle(folder, Bundle(model, tokenizer, tokenizer, ("en", "it"), {"title": "Toy"}))
    return folder


@pytest.fixture
def dawn_runs(bundle_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runs folder for this test alone; its model's key is "toy"."""
    runs = tmp_path / "runs"
    shutil.copytree(bundle_folder, runs / "toy" / "export")
    monkeypatch.setenv("DAWN_RUNS", str(runs))
    return runs
