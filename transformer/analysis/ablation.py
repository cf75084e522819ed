"""What each head is worth: how likely a target still is when one head is switched off (zero).

All heads at once: row b of a batch is the same sentence with head b at zero (Michel et al., 2019,
section 3.1, take heads away one by one; here that is one pass, in parts where it would be large).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from transformer.analysis.interventions import tensor_of
from transformer.model import Transformer
from transformer.tokenizer import PAD
from transformer.trace import Edit, tracing

LOGITS_AT_ONCE = 20_000_000  # float32 numbers: 80 MB, and again as much for their softmax
HeadName = tuple[str, int, int]
"""Kind of attention, layer and head, counted from 1."""


def head_names(model: Transformer) -> list[HeadName]:
    """Every head of the model: encoder, then decoder, then cross-attention."""
    layers = {"encoder": len(model.encoder.layers)}
    layers |= dict.fromkeys(("decoder", "cross"), len(model.decoder.layers))
    heads = range(1, model.config.heads + 1)
    return [
        (k, layer, h) for k, count in layers.items() for layer in range(1, count + 1) for h in heads
    ]


@torch.no_grad()
def head_effects(model: Transformer, src: Tensor, tgt: Tensor) -> dict[HeadName, float]:
    """The change of log P(target), in nats, with each head at zero; below 0 where it is missed.

    src (1, S) and tgt (1, T) are ids; tgt begins with `[SOS]` and all after it are predicted, so
    its last is `[EOS]` where the target ended.
    """
    whole = total_log_probs(model, src, tgt)[0]
    effects: dict[HeadName, float] = {}
    for names in _parts(head_names(model), tgt.numel() * model.config.tgt_vocab):
        rows = len(names)
        with tracing(model, one_head_a_row(names)):
            found = total_log_probs(model, src.expand(rows, -1), tgt.expand(rows, -1))
        effects |= dict(zip(names, (found - whole).tolist(), strict=True))
    return effects


def one_head_a_row(names: Sequence[HeadName]) -> dict[str, Edit]:
    """Edits that switch off names[b] in row b of the batch, and there alone."""
    rows: dict[str, list[tuple[int, int]]] = {}
    for row, (kind, layer, head) in enumerate(names):
        rows.setdefault(f"{tensor_of(kind, layer)}.heads", []).append((row, head - 1))
    return {name: _zero(cells) for name, cells in rows.items()}


def _zero(cells: Sequence[tuple[int, int]]) -> Edit:
    def edit(heads: Tensor) -> Tensor:
        out = heads.clone()
        out[[row for row, _ in cells], [head for _, head in cells]] = 0.0
        return out

    return edit


def total_log_probs(model: Transformer, src: Tensor, tgt: Tensor) -> Tensor:
    """log P of each target given its source, teacher-forced: src (B, S), tgt (B, T) -> (B,).

    Padding does not count.
    """
    logits, wanted = model(src, tgt[:, :-1]), tgt[:, 1:]
    # The log of softmax at the wanted pieces alone: no second table of B x T x V is made.
    at = logits.gather(-1, wanted[..., None])[..., 0] - logits.logsumexp(dim=-1)
    return at.masked_fill(wanted == PAD, 0.0).sum(dim=1)


def _parts(names: Sequence[HeadName], logits_a_row: int) -> list[Sequence[HeadName]]:
    size = max(1, LOGITS_AT_ONCE // max(1, logits_a_row))
    return [names[start : start + size] for start in range(0, len(names), size)]
