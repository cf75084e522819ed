"""What a run trains on: the device, and the arithmetic that is fastest there."""

import time

import torch

from trainer.config import TrainConfig
from transformer.config import ConfigError


def pick_device(config: TrainConfig) -> str:
    """cuda where there is one, unless the config says otherwise. Raises `ConfigError`."""
    if config.device == "cuda" and not torch.cuda.is_available():
        raise ConfigError("This machine has no CUDA device that torch can use: set device to cpu.")
    return "cuda" if config.device != "cpu" and torch.cuda.is_available() else "cpu"


def threads(config: TrainConfig) -> int:
    """This process's share of the processors that it may use, which torch counts.

    The machine may have more: a job is often given few of them.
    """
    return config.threads or max(1, torch.get_num_threads() // config.processes)


def pick_precision(config: TrainConfig, device: str) -> str:
    """bf16 on a GPU, and on a CPU where a matrix product is measured to be faster in it."""
    if config.precision != "auto":
        return config.precision
    return "bf16" if device == "cuda" or bf16_is_faster() else "fp32"


def pick_graphs(config: TrainConfig, device: str) -> bool:
    """CUDA graphs on one GPU, unless the config says otherwise. Raises `ConfigError`."""
    possible = device == "cuda" and config.ranks == 1 and config.task == "translate"
    if config.graphs == "on" and not possible:
        raise ConfigError("graphs is on, but it takes one process on a GPU: set it to auto or off.")
    return possible and config.graphs != "off"


def bf16_is_faster(size: int = 512, rounds: int = 5) -> bool:
    """Whether the best of some `size` x `size` products takes less time in bf16 than in fp32."""

    def best(kind: torch.dtype) -> float:
        matrix = torch.ones(size, size, dtype=kind)
        seconds = []
        for _ in range(rounds):
            started = time.perf_counter()
            matrix @ matrix
            seconds.append(time.perf_counter() - started)
        return min(seconds)

    return best(torch.bfloat16) < 0.8 * best(torch.float32)
