"""A small model with random weights, a runs folder whose only export it is, a small trainer."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import torch

from tests.pages.training_page import until
from trainer.launch import launch
from trainer.locks import is_locked
from trainer.runs import Run, list_runs
from transformer.bundle import Bundle, save_bundle
from transformer.config import ModelConfig
from transformer.model import Transformer
from transformer.tokenizer import train_bpe

SENTENCES = ["the red car is in front of the house", "la macchina rossa è davanti alla casa"]
TRAINER = """
import sys, time
from pathlib import Path
from trainer.events import EventWriter

folder, attempt = Path(sys.argv[1]), int(sys.argv[3])
with EventWriter(folder / "events", attempt) as events:
    events.write("resume", step=0, from_step=0)
    events.phase("training", expect=60, step=0)
    for step in range(1, 10_000):
        if (folder / "control" / "stop").exists():
            break
        events.metric(step, {"train/loss": 9 / step, "train/nll": 8 / step})
        time.sleep(0.02)
    events.write("end", outcome="stopped", reason="It was asked to stop.")
"""


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
def dawn_runs(bundle_folder: Path, runs: Path) -> Path:
    """A runs folder for this test alone; its model's key is "toy"."""
    shutil.copytree(bundle_folder, runs / "toy" / "export")
    return runs


@pytest.fixture
def small_trainer(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Run]]:
    """The page's launches, by a real supervisor, start a small trainer that trains nothing."""
    (tmp_path / "train.py").write_text(TRAINER)
    nothing = [sys.executable, "-c", ""]
    start = partial(launch, trainer=[sys.executable, str(tmp_path / "train.py")], exporter=nothing)
    monkeypatch.setattr("pages.ui.run_form.launch", start)
    yield start
    for run in list_runs():
        until(partial(stopped, run))


def stopped(run: Run) -> bool:
    if is_locked(run.lock):
        (run.control / "stop").touch()
        return False
    return True
