"""How much of a GPU's arithmetic a run used: `python -m recipes.utilisation RUN TEXT TOKENIZER`.

The median of its `tokens_per_second`, times the operations that a target token of this text needs
(`bench.speed.contender.work`: 6 x weights without embeddings and output + 12 D x pairs looked at,
source tokens included), over what a large matrix product reached on the machine, measured there.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import median

import torch

from bench.speed.contender import work
from trainer.config import TrainConfig
from trainer.corpora import load_corpus
from trainer.event_reader import EventReader
from trainer.folder import load_run
from transformer.tokenizer import Tokenizer


def flops_per_token(config: TrainConfig, text: Path, tokenizer_file: Path) -> float:
    """Operations for each real target token of the pairs that fit in the model."""
    tokenizer = Tokenizer.load(tokenizer_file)
    pairs = load_corpus(str(text)).pairs
    sides = [tokenizer.encode_batch([pair[side] for pair in pairs]) for side in (0, 1)]
    lengths = [
        (len(source) + 1, len(target) + 1)  # [EOS]
        for source, target in zip(*sides, strict=True)
        if max(len(source), len(target)) < config.max_tokens
    ]
    src, tgt = torch.tensor(lengths).double().unbind(dim=1)
    sizes = config.model_config(len(tokenizer), len(tokenizer))
    return work(sizes, src, tgt) / float(tgt.sum())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m recipes.utilisation", description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("--peak", type=float, required=True, help="TFLOP/s of a large product")
    given = parser.parse_args()
    run = load_run(given.run)
    config = TrainConfig.from_dict(run.config)
    points = (event.fields for event in EventReader(run.events).read() if event.kind == "metric")
    pace = median(fields["tokens_per_second"] for fields in points if "tokens_per_second" in fields)
    each = flops_per_token(config, given.text, given.tokenizer)
    print(
        f"{pace:,.0f} target tokens/s x {each / 1e6:.1f} MFLOP = {pace * each / 1e12:.1f} TFLOP/s: "
        f"{pace * each / given.peak / 1e12:.1%} of {given.peak:.0f}"
    )


if __name__ == "__main__":
    main()
