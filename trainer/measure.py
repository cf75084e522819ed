"""How fast this machine would train a model and how much memory it takes: measured, never guessed.

`python -m trainer.measure CONFIG` takes a config as JSON, trains a fresh model of its sizes for
some seconds on pieces drawn at random, in batches of the size that the run will have, and prints
one line of JSON. It needs no data and leaves nothing behind.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from trainer.config import TrainConfig
from trainer.hardware import pick_device, pick_precision
from trainer.learning import optimiser, token_losses
from transformer.config import ConfigError
from transformer.model import Transformer
from transformer.tokenizer import SPECIALS

SECONDS = 5.0
LENGTH = 32  # tokens of a measured sentence, if the model takes as many
FEWEST = 2  # updates that are timed, however long they take


@dataclass(frozen=True)
class Measured:
    """update_seconds: of one update. memory: bytes that the process held at most."""

    device: str
    precision: str
    update_seconds: float
    tokens_per_update: int
    memory: int


def measure(config: TrainConfig, seconds: float = SECONDS) -> Measured:
    """Time updates of a fresh model; the first one warms up and does not count."""
    device = pick_device(config)
    precision = pick_precision(config, device)
    if config.threads:
        torch.set_num_threads(config.threads)
    model = Transformer(config.model_config(config.vocab_size, config.vocab_size)).to(device)
    steps = optimiser(model, config)
    batch = random_batch(config).to(device)

    def update() -> None:
        for _ in range(config.accumulate):
            with torch.autocast(device, torch.bfloat16, enabled=precision == "bf16"):
                logits = model(batch, batch[:, :-1])
                loss, _, tokens = token_losses(logits, batch[:, 1:], config.label_smoothing)
            (loss / tokens).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip or float("inf"))
        steps.step()
        steps.zero_grad()

    times = timed(update, device, seconds)
    tokens = batch.size(0) * (batch.size(1) - 1) * config.accumulate
    return Measured(device, precision, sum(times) / len(times), tokens, memory_held(device))


def random_batch(config: TrainConfig) -> Tensor:
    """A full batch (B, T) of pieces that are no specials, in sentences of `LENGTH`."""
    length = min(LENGTH, config.max_tokens)
    rows = max(1, config.batch_tokens // length)
    draw = torch.Generator().manual_seed(config.seed)
    return torch.randint(len(SPECIALS), config.vocab_size, (rows, length), generator=draw)


def timed(update: Callable[[], None], device: str, seconds: float) -> list[float]:
    """Seconds of each update, for about so long in all."""
    times: list[float] = []
    while sum(times) < seconds or len(times) < FEWEST + 1:
        began = time.perf_counter()
        update()
        if device == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - began)
    return times[1:]


def memory_held(device: str) -> int:
    """Bytes that this process held at most: on the GPU where it works there, else in memory."""
    if device == "cuda":
        return int(torch.cuda.max_memory_reserved())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main() -> int:
    """The command line of the page."""
    parser = argparse.ArgumentParser(prog="python -m trainer.measure")
    parser.add_argument("config", type=json.loads)
    try:
        measured = measure(TrainConfig.from_dict(parser.parse_args().config))
    except (ConfigError, MemoryError, RuntimeError) as error:
        print(str(error).splitlines()[0], file=sys.stderr)
        return 1
    print(json.dumps(asdict(measured)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
