"""How fast a GPU trains beside others: `python -m recipes.tables`, the contenders in turn.

`python -m bench.speed` starts a process for each turn, which is fairer and takes longer than a
lent GPU has time for; here they share one, so that torch is imported once.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from bench.speed.__main__ import peak_flops
from bench.speed.contender import Pace, train
from bench.speed.text import PADDED_TO, write_pairs
from trainer.config import TrainConfig
from trainer.presets import PRESETS

BATCH_TOKENS = {"base": (32_768,), "tiny": (16_384,)}
WAYS: dict[str, dict[str, Any]] = {
    "padded": {"graphs": "off"},  # first: what is recorded keeps its memory
    "compiled, graphs": {"graphs": "on", "compile": True},
    "graphs": {"graphs": "on"},
}


def write(seconds: float, presets: Iterable[str]) -> None:
    """Print a line for each contender, as soon as it is measured."""
    for preset in presets:
        peak = peak_flops("cuda", "bf16", 1.0)
        print(f"{preset}, bf16; a large matrix product: {peak / 1e12:.0f} TFLOP/s", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pairs.npz"
            write_pairs(config_of(preset, 16_384), path)
            for tokens in BATCH_TOKENS[preset]:
                for way, settings in WAYS.items():
                    for who in ("padded",) if way == "padded" else ("dawn", "nn.Transformer"):
                        config = replace(config_of(preset, tokens), **settings)
                        print(line(who, way, config, path, seconds, peak), flush=True)


def config_of(preset: str, tokens: int) -> TrainConfig:
    """The preset on the shipped help text; sentences as long as the padded way has them."""
    return replace(
        PRESETS[preset],
        data="libreoffice-help",
        max_tokens=PADDED_TO + 1,
        batch_tokens=tokens,
        device="cuda",
        precision="bf16",
    )


def line(who: str, way: str, config: TrainConfig, path: Path, seconds: float, peak: float) -> str:
    """What a contender did in so many seconds; or what went wrong."""
    torch.compiler.set_stance("default")
    torch.cuda.reset_peak_memory_stats()
    torch.cuda.empty_cache()
    name = f"  {who:15} {way:16} {config.batch_tokens:6,} a batch"
    try:
        pace: Pace = train(who, config, path, seconds)
    except RuntimeError as error:
        return f"{name}: {str(error).splitlines()[0]}"
    flops = pace.flops / pace.seconds
    return (
        f"{name}: {pace.tgt_tokens / pace.seconds:10,.0f} target tokens/s, "
        f"{pace.updates / pace.seconds:6.1f} updates/s, MFU {flops / peak:5.1%}, "
        f"{pace.memory / 2**30:5.1f} GiB"
    )


def profile(preset: str, **settings: Any) -> str:
    """The kernels that a second of updates spends most in, by torch's profiler."""
    torch.compiler.set_stance("default")
    config = replace(config_of(preset, BATCH_TOKENS[preset][0]), graphs="off", **settings)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pairs.npz"
        write_pairs(config, path)
        train("dawn", config, path, 0.0)  # what is loaded and compiled at first is left out
        torch.compiler.set_stance("default")
        with torch.profiler.profile() as seen:
            pace = train("dawn", config, path, 1.0)
    rows = seen.key_averages().table(
        sort_by="self_cuda_time_total", row_limit=40, max_name_column_width=90
    )
    return f"{preset} {settings}: {pace.updates} updates in {pace.seconds:.2f} s\n{rows}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m recipes.tables", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--preset", action="append", choices=tuple(BATCH_TOKENS), default=None)
    parser.add_argument("--profile", action="store_true", help="where the time of base goes")
    given = parser.parse_args()
    if given.profile:
        for settings in ({}, {"compile": True}):
            print(profile("base", **settings), flush=True)
    else:
        write(given.seconds, given.preset or BATCH_TOKENS)


if __name__ == "__main__":
    main()
