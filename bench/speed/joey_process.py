"""Joey NMT's own trainer for some seconds; run by joey.py where Joey NMT can be imported.

`joey_process.py CONFIG SECONDS THREADS` prints one line of JSON: what it logs of its updates, added
up. Nothing of its training is changed; it is asked to end by its own flag.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch
from joeynmt.config import load_config
from joeynmt.helpers import make_model_dir
from joeynmt.training import TrainManager, train

from bench.speed.contender import WARM_UP
from trainer.measure import memory_held


def main() -> None:
    path, seconds, threads = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    if threads:
        torch.set_num_threads(threads)
    total = {"seconds": 0.0, "updates": 0, "tgt_tokens": 0}
    told = TrainManager._log_scores

    def note(self: Any, epoch: int, elapsed: float, start: int, *rest: Any) -> None:
        """Each update is logged, with its seconds and tokens."""
        told(self, epoch, elapsed, start, *rest)
        if self.stats.steps <= WARM_UP:
            return
        total["seconds"] += elapsed
        total["updates"] += 1
        total["tgt_tokens"] += self.stats.total_tokens - start
        self.stats.is_max_update = total["seconds"] >= seconds

    TrainManager._log_scores = note
    config = load_config(path)
    make_model_dir(Path(config["model_dir"]), overwrite=True)
    train(rank=0, world_size=None, cfg=config, skip_test=True)
    device = "cuda" if config["use_cuda"] else "cpu"
    print(json.dumps({**total, "memory": memory_held(device)}))


if __name__ == "__main__":
    main()
