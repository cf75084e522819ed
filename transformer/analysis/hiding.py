"""Hiding pieces from the model: what becomes of a piece's probability without some of the input.

A hidden piece has an embedding of zeros, and no position may look at it; its place stays, so the
others keep their positions. The source's [EOS] and the prefix's [SOS] are never hidden: they are no
part of the sentence, and somebody has to be looked at. With all else hidden, the model knows only
how long source and prefix are.
"""

import torch
from torch import Tensor

from transformer.analysis.case import Case
from transformer.masks import causal_mask

CHUNK = 64  # passes side by side: more are no faster on a CPU, and take more memory


def hideable(case: Case) -> list[int]:
    """Places of the pieces that can be hidden; the prefix's places follow the source's: S + t."""
    size = case.src.size(1)
    return [*range(size - 1), *range(size + 1, size + case.prefix.size(1))]


@torch.no_grad()
def log_probs_without(case: Case, hidden: Tensor) -> Tensor:
    """hidden (N, S + T), True where a piece is hidden -> log-probability of the case's piece (N,).

    All N in one batch, cut into chunks; the encoder reads each distinct source once.
    """
    size = case.src.size(1)
    seen_src, seen_prefix = (~hidden).split([size, case.prefix.size(1)], dim=1)
    sources, which = seen_src.unique(dim=0, return_inverse=True)
    memory = torch.cat([_encoded(case, seen) for seen in sources.split(CHUNK)])
    rows = zip(which.split(CHUNK), seen_src.split(CHUNK), seen_prefix.split(CHUNK), strict=True)
    return torch.cat([_decoded(case, memory[w], s, t) for w, s, t in rows])


def _encoded(case: Case, seen: Tensor) -> Tensor:
    """seen (N, S) -> memory (N, S, D)."""
    model = case.model
    embedded = model.src_embedding(case.src) * seen[..., None]
    return model.encoder(model.src_positions(embedded), seen[:, None, None, :])


def _decoded(case: Case, memory: Tensor, seen_src: Tensor, seen_prefix: Tensor) -> Tensor:
    """memory (N, S, D), seen_src (N, S), seen_prefix (N, T) -> log-probabilities (N,)."""
    model = case.model
    embedded = model.tgt_embedding(case.prefix) * seen_prefix[..., None]
    causal = causal_mask(case.prefix.size(1)) & seen_prefix[:, None, None, :]
    x = model.tgt_positions(embedded)
    state = model.decoder(x, memory, causal, seen_src[:, None, None, :])
    return model.output(state[:, -1]).log_softmax(-1)[:, case.piece]
