"""A process that trains one contender for some seconds and prints one line of JSON.

`python -m bench.speed.contender WHO CONFIG PAIRS SECONDS`: the same loop for all, which is what a
run's update does, without Lightning and without what a run tells of itself.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path

import torch
from torch import nn

from bench.speed.reference import Reference
from bench.speed.text import bucketed, fixed, padded, read_pairs, shapes
from trainer.batches import Batch, PairDataset
from trainer.compiling import Compiled, Eager
from trainer.config import TrainConfig
from trainer.graphs import Graphs
from trainer.hardware import pick_device, pick_graphs, pick_precision
from trainer.learning import optimiser
from trainer.measure import memory_held
from transformer.config import ModelConfig
from transformer.model import Transformer
from transformer.tokenizer import PAD

Batches = Callable[[PairDataset, TrainConfig], Iterator[Batch]]
CONTENDERS: dict[str, tuple[type[nn.Module], Batches]] = {
    "dawn": (Transformer, bucketed),
    "nn.Transformer": (Reference, bucketed),
    "padded": (Transformer, padded),
}
WARM_UP = 3  # updates that are not timed
READY = 200  # batches made before the clock starts, met again and again


@dataclass(frozen=True)
class Pace:
    """What was trained on in `seconds`: tokens that are no padding, [EOS] included and [SOS] not.
    memory: bytes that the process held at most. flops: of the real tokens alone, see `work`."""

    seconds: float
    updates: int
    tgt_tokens: int
    src_tokens: int
    memory: int
    flops: float


def train(who: str, config: TrainConfig, path: Path, seconds: float) -> Pace:
    """Train for about so long after `WARM_UP` updates."""
    made, batches = CONTENDERS[who]
    device = pick_device(config)
    precision = pick_precision(config, device)
    pairs, vocab = read_pairs(path)
    torch.manual_seed(config.seed)
    sizes = config.model_config(vocab, vocab)
    model = made(sizes).to(device)
    steps = optimiser(model, config)
    arithmetic = Compiled(layers_of(model)) if config.compile else Eager()
    graphs = None
    if pick_graphs(config, device) and batches is bucketed:
        batches = fixed
        graphs = Graphs(model, precision, config.label_smoothing, 1.0, arithmetic)  # type: ignore[arg-type]
    endless = cycle([pinned(batch, device) for batch in islice(batches(pairs, config), READY)])

    def update() -> Batch:
        batch = Batch(*(side.to(device, non_blocking=True) for side in next(endless)))
        if graphs:
            graphs.take(batch)
            gradients = [p.grad for p in model.parameters() if p.grad is not None]
            torch._foreach_mul_(gradients, 1 / graphs.play()[2])
        else:
            bf16 = torch.autocast(device, torch.bfloat16, enabled=precision == "bf16")
            with bf16, arithmetic.step():
                logits = model(batch.src, batch.tgt[:, :-1])
                losses = arithmetic.losses(logits, batch.tgt[:, 1:], config.label_smoothing)
            loss, _, tokens = losses
            (loss / tokens).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip or float("inf"))
        steps.step()
        steps.zero_grad(set_to_none=graphs is None)
        return batch

    for _ in range(WARM_UP):
        update()
    if graphs:  # all shapes are met before the clock starts
        for batch in shapes(pairs, config):
            graphs.take(Batch(*(side.to(device) for side in batch)))
    return timed(update, sizes, device, seconds)


def layers_of(model: nn.Module) -> list[nn.Module]:
    """The layers of encoder and decoder, which a compiler takes one by one."""
    stacks = model.layers if isinstance(model, Reference) else model
    return [*stacks.encoder.layers, *stacks.decoder.layers]  # type: ignore[union-attr,misc]


def pinned(batch: Batch, device: str) -> Batch:
    """A batch as the processes of a run's loader have it ready: its copy to a GPU waits for
    nobody."""
    return Batch(*(side.pin_memory() for side in batch)) if device == "cuda" else batch


def timed(update: Callable[[], Batch], sizes: ModelConfig, device: str, seconds: float) -> Pace:
    """Whole updates until the time is up; counting what was real comes after the clock."""
    seen: list[Batch] = []
    synchronise = torch.cuda.synchronize if device == "cuda" else lambda: None
    synchronise()
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        seen.append(update())
    synchronise()
    taken = time.perf_counter() - began
    src = [_real(batch.src) for batch in seen]
    tgt = [_real(batch.tgt[:, 1:]) for batch in seen]
    flops = sum(work(sizes, *lengths) for lengths in zip(src, tgt, strict=True))
    src_tokens, tgt_tokens = (int(sum(lengths.sum() for lengths in side)) for side in (src, tgt))
    return Pace(taken, len(seen), tgt_tokens, src_tokens, memory_held(device), flops)


def _real(ids: torch.Tensor) -> torch.Tensor:
    """Tokens of each sentence that are no padding: (B,)."""
    return (ids != PAD).sum(dim=1).cpu().double()


def work(sizes: ModelConfig, src: torch.Tensor, tgt: torch.Tensor) -> float:
    """Floating-point operations that an update needs for its real tokens, forward and backward.

    6 for each weight of a matrix that a token passes (2 forward, 4 backward; Kaplan et al., 2020),
    embeddings and output left out, plus attention: 12 D for each pair of a query and a key that it
    may look at. src, tgt: real tokens of each sentence (B,).
    """
    d, f = sizes.d_model, sizes.d_ff
    encoder = sizes.encoder_layers * (4 * d * d + 2 * d * f)
    decoder = sizes.decoder_layers * (6 * d * d + 2 * d * f)  # W_K, W_V of the source apart
    cross = sizes.decoder_layers * 2 * d * d
    weights = (encoder + cross) * src.sum() + decoder * tgt.sum()
    looks = sizes.encoder_layers * src.square().sum()
    looks = looks + sizes.decoder_layers * ((tgt * (tgt + 1) / 2).sum() + (src * tgt).sum())
    return float(6 * weights + 12 * d * looks)


def main() -> None:
    who, config, path, seconds = sys.argv[1:]
    pace = train(who, TrainConfig.from_dict(json.loads(config)), Path(path), float(seconds))
    print(json.dumps(asdict(pace)))


if __name__ == "__main__":
    main()
