"""What touching a head costs: the table of every head on one sentence."""

from __future__ import annotations

import time

from bench.bundles import sentence_of
from bench.pages import SENTENCE
from bench.report import Row
from pages.ui.catalogue import find_model
from pages.ui.models import load

TOKENS = 20


def head_table(model: str, rounds: int) -> Row:
    """Every head at zero once, in one pass over the model's own translation."""
    import torch

    from transformer.analysis.ablation import head_effects
    from transformer.decoding import greedy
    from transformer.tokenizer import EOS, SOS

    bundle = load(find_model(model))
    text = sentence_of(bundle.src_tokenizer, SENTENCE, TOKENS - 1)
    src = torch.tensor([[*bundle.src_tokenizer.encode(text).ids, EOS]])
    tgt = torch.tensor([[SOS, *greedy(bundle.model, src)[0].ids, EOS]])
    values = []
    for place in range(rounds + 1):
        start = time.perf_counter()
        effects = head_effects(bundle.model, src, tgt)
        values += [1000 * (time.perf_counter() - start)] if place else []
    what = f"{len(effects)} heads off, one at a time, {src.numel()} + {tgt.numel()} tokens"
    return Row(what, 2000, values)
