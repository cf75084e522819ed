"""Small real runs: a corpus that can be learned in seconds, and what a run says of itself."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trainer.config import TrainConfig
from trainer.events import Event, EventReader
from trainer.runs import Run, create_run, status

Tiny = Callable[..., TrainConfig]  # `tiny(steps=3)`, the fixture
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 250.0

WORDS = {
    "one": "uno", "two": "due", "three": "tre", "cat": "gatto", "dog": "cane", "red": "rosso",
    "sun": "sole", "sea": "mare", "bread": "pane", "wine": "vino", "day": "giorno",
}  # fmt: skip
EPOCH = 9  # batches of the 180 pairs to learn from, with the settings below
TINY: dict[str, Any] = {
    "valid_pairs": 20,
    "vocab_size": 300,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "d_model": 32,
    "d_ff": 64,
    "heads": 2,
    "max_tokens": 40,
    "dropout": 0.1,
    "steps": 30,
    "batch_tokens": 256,
    "rate": 5e-3,
    "warmup": 0,
    "valid_every": 15,
    "save_every": 10,
    "log_every": 1,
    "bleu_pairs": 8,
    "device": "cpu",
    "precision": "fp32",
    "threads": 1,
}


# A trainer with so many bytes of address space to train in: `LIMIT FOLDER --attempt N`.
LIMITED = """
import os, resource, sys
from pathlib import Path
import torch
from trainer import train
from trainer.module import TrainingModule

step = TrainingModule.training_step
def training_step(module, batch, batch_idx):
    # 64 MiB for each pair of the batch: an allocation that the kernel refuses, or not
    held = torch.empty(batch.src.shape[0] << 24)
    loss = step(module, batch, batch_idx)
    return loss + 0 * held[0].nan_to_num()
TrainingModule.training_step = training_step
torch.set_num_threads(1)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + int(sys.argv[1]), resource.RLIM_INFINITY))
sys.argv = ["train", *sys.argv[2:]]
sys.exit(train.main())
"""


def word_pairs(count: int, seed: int = 0) -> list[tuple[str, str]]:
    """`count` different pairs of two to five words, each translated word by word."""
    draw = random.Random(seed)
    found: dict[str, str] = {}
    while len(found) < count:
        words = draw.choices(list(WORDS), k=draw.randint(2, 5))
        found[" ".join(words)] = " ".join(WORDS[word] for word in words)
    return list(found.items())


def as_tsv(pairs: list[tuple[str, str]]) -> str:
    return "".join(f"{source}\t{target}\n" for source, target in pairs)


def prepared_run(config: TrainConfig, name: str = "it") -> Run:
    """A run folder in which nothing was started."""
    return create_run(config.to_dict(), ["python", "-m", "trainer", "run"], run_id=name)


def start_attempt(run: Run, attempt: int = 1) -> subprocess.Popen[str]:
    """The trainer as the supervisor starts it."""
    command = [sys.executable, "-P", "-m", "trainer.train", str(run.path)]
    return subprocess.Popen(
        [*command, "--attempt", str(attempt)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def attempt_here(run: Run, attempt: int = 1) -> None:
    """One attempt in this process: quicker than a process of its own."""
    from trainer.train import quieten, train

    quieten()
    train(run.path, attempt)


def wait_for(run: Run, wanted: Callable[[], object], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not wanted():
        log = run.log.read_text() if run.log.exists() else ""
        assert time.monotonic() < deadline, (status(run), log[-2000:])
        time.sleep(0.02)


def events_of(run: Run) -> list[Event]:
    return EventReader(run.events).read()


def metric(run: Run, name: str) -> dict[int, float]:
    """The values of a metric by step."""
    reader = EventReader(run.events)
    reader.read()
    steps, values = reader.series(name)
    return dict(zip(steps.tolist(), values.tolist(), strict=True))


def outcome(run: Run) -> dict:
    """How the newest attempt ended, by its own word."""
    return events_of(run)[-1].fields


def forget(run: Run, step: int) -> None:
    """As if the attempt had died before it saved at `step`."""
    (run.checkpoints / f"step={step:08d}.ckpt").unlink()
