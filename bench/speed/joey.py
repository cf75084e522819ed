"""Joey NMT beside Dawn: the same ids, sizes, rate and budget of a batch, by its own trainer.

It runs in an environment of its own, which sees Dawn's torch:

    python -m pip install --no-deps --target .scratch/bench/joey -r requirements-bench-joey.txt
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.extras import CACHE, missing
from bench.server import ROOT
from bench.speed.text import read_pairs
from trainer.config import TrainConfig
from transformer.tokenizer import SPECIALS

FOLDER = CACHE / "joey"
REQUIREMENTS = "requirements-bench-joey.txt"
DRIVER = Path(__file__).with_name("joey_process.py")
VALID_PAIRS = 20
NEVER = 1_000_000  # it validates every so many updates


def require_joey() -> None:
    """Raises SystemExit where it is not installed."""
    if not (FOLDER / "joeynmt").is_dir():
        raise missing("Joey NMT is not here (--without joeynmt does without)", FOLDER, REQUIREMENTS)


def write_text(path: Path, folder: Path) -> None:
    """The ids as words of two files, `train.src` and `train.tgt`, and all of them as vocabulary."""
    pairs, vocab = read_pairs(path)
    rows = [pairs[place] for place in range(len(pairs))]
    for name, side in (("src", 0), ("tgt", 1)):
        lines = [" ".join(f"t{number}" for number in row[side]) for row in rows]
        (folder / f"train.{name}").write_text("\n".join(lines) + "\n", "utf-8")
        (folder / f"dev.{name}").write_text("\n".join(lines[:VALID_PAIRS]) + "\n", "utf-8")
    words = [f"t{number}" for number in range(len(SPECIALS), vocab)]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", "utf-8")


def settings(config: TrainConfig, folder: Path, device: str) -> dict[str, object]:
    """Its configuration for the same model and the same learning."""
    side = {
        "level": "word",
        "lowercase": False,
        "max_length": config.max_tokens,
        "voc_file": str(folder / "vocab.txt"),
        "voc_min_freq": 1,
        "voc_limit": 10 * config.vocab_size,
    }

    def stack(layers: int) -> dict[str, object]:
        return {
            "type": "transformer",
            "num_layers": layers,
            "num_heads": config.heads,
            "embeddings": {"embedding_dim": config.d_model, "scale": True, "dropout": 0.0},
            "hidden_size": config.d_model,
            "ff_size": config.d_ff,
            "dropout": config.dropout,
            "layer_norm": config.norm,
        }

    return {
        "name": "bench",
        "joeynmt_version": "2.3.0",
        "model_dir": str(folder / "model"),
        "use_cuda": device == "cuda",
        "fp16": False,
        "random_seed": config.seed,
        "data": {
            "train": str(folder / "train"),
            "dev": str(folder / "dev"),
            "dataset_type": "plain",
            "src": {"lang": "src", **side},
            "trg": {"lang": "tgt", **side},
        },
        "testing": {"beam_size": 1, "batch_size": 8, "batch_type": "sentence"},
        "training": {
            "optimizer": config.optimiser,
            "adam_betas": [0.9, 0.98],
            "learning_rate": config.rate,
            "weight_decay": config.weight_decay,
            "clip_grad_norm": config.clip,
            "batch_size": config.batch_tokens,
            "batch_type": "token",
            "normalization": "tokens",
            "loss": "crossentropy",
            "label_smoothing": config.label_smoothing,
            "scheduling": "exponential",
            "updates": NEVER,
            "epochs": NEVER,
            "logging_freq": 1,
            "validation_freq": NEVER,
            "overwrite": True,
        },
        "model": {
            "initializer": "xavier_uniform",
            "tied_embeddings": True,
            "tied_softmax": True,
            "encoder": stack(config.encoder_layers),
            "decoder": stack(config.decoder_layers),
        },
    }


def train(config: TrainConfig, path: Path, seconds: float, device: str) -> dict[str, float]:
    """`seconds`, `updates`, `tgt_tokens` and `memory` by its own count and clock, after the updates
    that warm up. Raises RuntimeError with its last line where it fails."""
    with tempfile.TemporaryDirectory(prefix="dawn-joey-") as name:
        folder = Path(name)
        write_text(path, folder)
        text = json.dumps(settings(config, folder, device))  # which is YAML, too
        (folder / "config.yaml").write_text(text, "utf-8")
        command = [sys.executable, str(DRIVER), str(folder / "config.yaml"), str(seconds)]
        places = os.pathsep.join([str(FOLDER), str(ROOT)])
        done = subprocess.run(
            [*command, str(config.threads)],
            env={**os.environ, "PYTHONPATH": places},
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"Joey NMT: {done.stderr.strip().splitlines()[-1]}")
        return dict(json.loads(done.stdout.splitlines()[-1]))
