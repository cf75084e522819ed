"""`python -m bench.speed`: target tokens a second of a training, contenders in turn, one table.

Dawn's model in the loop of its trainer, `torch.nn.Transformer` in the same loop, the tutorials' way
(8 pairs a batch, padded to 350), Joey NMT's own trainer, and Dawn's trainer as a whole, Lightning,
log and all. Real tokens, not padding; every contender is a process of its own, and they take turns,
so that a busy machine is unfair to nobody.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from bench.report import print_machine
from bench.server import ROOT
from bench.speed import joey, whole
from bench.speed.contender import CONTENDERS
from bench.speed.text import PADDED_TO, write_pairs
from trainer.config import TrainConfig
from trainer.hardware import pick_device, pick_precision
from trainer.presets import PRESETS

GOALS = {"nn.Transformer": 1.2, "padded": 10.0, "joeynmt": 1.2}
"""How many times their pace Dawn's is meant to be."""
PEAK = 4096  # side of the product that the peak is measured on, on a GPU; a quarter of it on a CPU


@dataclass
class Measured:
    """Each turn's pace in target tokens a second, and flops a second where they are known."""

    tokens: list[float] = field(default_factory=list)
    flops: list[float] = field(default_factory=list)
    memory: float = 0.0
    problem: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument("--preset", choices=tuple(PRESETS), default="tiny")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each turn (20)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each contender (3)")
    parser.add_argument("--batch-tokens", type=int, help="padded tokens a batch; the preset's own")
    parser.add_argument("--precision", choices=("fp32", "bf16"), help="auto as a run would choose")
    parser.add_argument("--threads", type=int, default=0, help="CPU threads, 0 for all")
    parser.add_argument("--without", action="append", default=[], metavar="CONTENDER")
    given = parser.parse_args()
    names = [name for name in (*CONTENDERS, "joeynmt", "trainer") if name not in given.without]
    if "joeynmt" in names:
        joey.require_joey()
    config = config_of(given)
    print_machine()
    found = {name: Measured() for name in names}
    with tempfile.TemporaryDirectory(prefix="dawn-speed-") as folder:
        path = Path(folder) / "pairs.npz"
        count = write_pairs(config, path)
        print(f"{config.preset}: {count:,} pairs, {config.batch_tokens:,} padded tokens a batch,")
        print(f"on the {pick_device(config)} in {config.precision}, {given.seconds:g} s a turn\n")
        for turn in range(given.rounds):
            for name in names:
                take_turn(name, found[name], config, path, given.seconds)
                print(f"  turn {turn + 1}: {name}", flush=True)
    print_table(found, pick_device(config), config)


def config_of(given: argparse.Namespace) -> TrainConfig:
    """The preset on the shipped help text; sentences as long as the padded way has them."""
    preset = PRESETS[given.preset]
    config = replace(
        preset,
        data="libreoffice-help",
        tokenizer="bpe",
        tie_embeddings=True,
        max_tokens=PADDED_TO + 1,
        batch_tokens=given.batch_tokens or preset.batch_tokens,
        threads=given.threads,
    )
    precision = given.precision or pick_precision(config, pick_device(config))
    return replace(config, precision=precision)


def take_turn(name: str, found: Measured, config: TrainConfig, path: Path, seconds: float) -> None:
    """One turn of one contender in a process of its own; what fails says why and is left out."""
    try:
        pace = turn_of(name, config, path, seconds)
    except RuntimeError as error:
        found.problem = str(error)
        return
    found.tokens.append(pace["tgt_tokens"] / pace["seconds"])
    found.memory = max(found.memory, pace["memory"])
    if "flops" in pace:
        found.flops.append(pace["flops"] / pace["seconds"])


def turn_of(name: str, config: TrainConfig, path: Path, seconds: float) -> dict[str, float]:
    """What a turn measured. Raises RuntimeError with the last line of what it said."""
    if name == "joeynmt":
        return joey.train(config, path, seconds, pick_device(config))
    if name == "trainer":
        return whole.train(config, seconds)
    command = [sys.executable, "-m", "bench.speed.contender", name]
    command += [json.dumps(config.to_dict()), str(path), str(seconds)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["it said nothing"])[-1])
    return dict(json.loads(done.stdout.splitlines()[-1]))


def print_table(found: dict[str, Measured], device: str, config: TrainConfig) -> None:
    """A line a contender; then what part of the machine's arithmetic Dawn used, and the formula."""
    own = found.get("dawn")
    pace = statistics.median(own.tokens) if own and own.tokens else None
    print(f"\n{'who':16}  {'tokens/s':>9}  {'least':>7}  {'most':>7}  {'memory':>8}  Dawn is")
    for name, one in found.items():
        if not one.tokens:
            print(f"{name:16}  {one.problem}")
            continue
        median = statistics.median(one.tokens)
        verdict = "" if pace is None or name == "dawn" else f"{pace / median:.2f} x"
        if verdict and (goal := GOALS.get(name)):
            verdict += f" (goal {goal:g}: {'met' if pace and pace / median >= goal else 'MISSED'})"
        print(f"{name:16}  {median:9,.0f}  {min(one.tokens):7,.0f}  {max(one.tokens):7,.0f}  "
              f"{one.memory / 2**20:5,.0f} MB  {verdict}")  # fmt: skip
    if own and own.flops:
        peak = peak_flops(device, config.precision)
        used = statistics.median(own.flops)
        print(f"\nOf the arithmetic of a large matrix product in {config.precision} "
              f"({peak / 1e12:,.2f} TFLOP/s) Dawn's updates use {used / peak:.1%}")  # fmt: skip
        print("(MFU; 6 x weights without embeddings and output + 12 D x pairs that are looked at, "
              "of real tokens).")  # fmt: skip


def peak_flops(device: str, precision: str, seconds: float = 3.0) -> float:
    """Operations a second of the fastest of many products of two large matrices."""
    side = PEAK if device == "cuda" else PEAK // 4
    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    matrix = torch.randn(side, side, device=device, dtype=kind)
    wait: Callable[[], None] = torch.cuda.synchronize if device == "cuda" else lambda: None
    best, began = float("inf"), time.perf_counter()
    while time.perf_counter() - began < seconds:
        wait()
        started = time.perf_counter()
        matrix @ matrix
        wait()
        best = min(best, time.perf_counter() - started)
    return 2 * side**3 / best


if __name__ == "__main__":
    main()
