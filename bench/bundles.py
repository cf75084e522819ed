"""Models for measuring: random weights of a given size, in a runs folder of their own."""

from __future__ import annotations

from pathlib import Path

import torch

from trainer.corpora import load_data
from transformer.bundle import Bundle, save_bundle
from transformer.config import ModelConfig
from transformer.model import Transformer
from transformer.tokenizer import EOS, Tokenizer, train_bpe

TOKENS = 32
BIG = "bench-heads"  # 6 + 6 layers of 8 heads
WIDE, MANY_TOKENS = "bench-wide", 64  # 12 + 12 layers of 12 heads
MAP = "bench-map"  # a vocabulary of 10,000, as all three have


def write_bundles(runs: Path) -> None:
    """All three models as exports in `runs`, found by the pages as `?model=...`."""
    pairs = load_data("libreoffice-help:6000")[0].pairs
    tokenizer = train_bpe((text for pair in pairs for text in pair), 10_000)
    _write(runs / BIG, tokenizer, layers=6, heads=8, d_model=128, max_tokens=64)
    _write(runs / WIDE, tokenizer, layers=12, heads=12, d_model=96, max_tokens=80)
    _write(runs / MAP, tokenizer, layers=1, heads=4, d_model=256, max_tokens=64)


def sentence_of(tokenizer: Tokenizer, words: str, tokens: int) -> str:
    """`words`, repeated and cut so that it has exactly `tokens` pieces where that can be."""
    text = words
    while len(tokenizer.encode(text).ids) < tokens:
        text += " " + words
    kept = tokenizer.encode(text).pieces[:tokens]
    return text[: kept[-1].end].strip()


def _write(
    run: Path, tokenizer: Tokenizer, *, layers: int, heads: int, d_model: int, max_tokens: int
) -> None:
    torch.manual_seed(1)
    config = ModelConfig(
        src_vocab=len(tokenizer),
        tgt_vocab=len(tokenizer),
        encoder_layers=layers,
        decoder_layers=layers,
        d_model=d_model,
        d_ff=4 * d_model,
        heads=heads,
        max_tokens=max_tokens,
        tie_embeddings=False,
    )
    model = Transformer(config).eval()
    with torch.no_grad():
        model.output.weight[EOS].mul_(8.0)  # so that its own translations end soon
    bundle = Bundle(model, tokenizer, tokenizer, ("en", "it"), {"title": run.name})
    save_bundle(run / "export", bundle)
