"""How fast this machine would train a model and how much memory it takes: measured, never guessed.

`python -m trainer.measure CONFIG` takes a config as JSON, trains a fresh model of its sizes for
some seconds on pieces or pixels drawn at random, in batches of the size that the run will have, and
prints one line of JSON. It needs no data and leaves nothing behind.
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

from trainer.config import TrainConfig
from trainer.hardware import pick_device, pick_precision
from trainer.learning import optimiser, token_losses
from trainer.tasks import task_of
from transformer.config import ConfigError

SECONDS = 5.0
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
    task = task_of(config)
    model = task.blank().to(device)
    steps = optimiser(model, config)
    drawn = task.drawn(torch.Generator().manual_seed(config.seed))
    batch = type(drawn)(*(part.to(device) for part in drawn))
    labels = 0.0

    def update() -> None:
        nonlocal labels
        labels = 0.0
        for _ in range(config.accumulate):
            with torch.autocast(device, torch.bfloat16, enabled=precision == "bf16"):
                loss, _, count = task.losses(model, batch, token_losses)
            (loss / count).backward()
            labels += float(count)
        torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip or float("inf"))
        steps.step()
        steps.zero_grad()

    times = timed(update, device, seconds)
    return Measured(device, precision, sum(times) / len(times), round(labels), memory_held(device))


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
