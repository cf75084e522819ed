"""Statistical vectors: words as what stands around them, without a network.

Counts of pairs within a window, positive pointwise mutual information, a truncated singular value
decomposition: U_d sqrt(S_d) of the PPMI matrix, as Levy & Goldberg (2014), "Neural Word Embedding
as Implicit Matrix Factorization" (sections 3.1 and 4.2). They show that word2vec factorises a
shifted form of the same matrix.

V is the vocabulary, D the width of the vectors.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

WINDOW = 5
OVERSAMPLED = 16  # columns beyond D in the randomised decomposition (Halko et al., 2011)
ROUNDS = 4  # of its power iteration
SEED = 0


def pair_counts(lines: Sequence[Sequence[int]], vocab: int, window: int) -> Tensor:
    """How often each two pieces stand at most `window` apart in one line: sparse (V, V), symmetric,
    float64. A pair is counted once from each of its ends."""
    lengths = np.array([len(line) for line in lines], np.int64)
    ids = np.fromiter((piece for line in lines for piece in line), np.int64, int(lengths.sum()))
    owner = np.repeat(np.arange(len(lengths)), lengths)
    keys, counts = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for apart in range(1, window + 1):
        within = owner[apart:] == owner[:-apart]
        found = ids[:-apart][within] * vocab + ids[apart:][within]
        new, times = np.unique(found, return_counts=True)
        joined, place = np.unique(np.concatenate([keys, new]), return_inverse=True)
        counts = np.bincount(place, np.concatenate([counts, times]), len(joined))
        keys = joined
    places = torch.from_numpy(np.stack([keys // vocab, keys % vocab]))
    one_way = torch.sparse_coo_tensor(
        places, torch.from_numpy(counts).double(), (vocab, vocab), check_invariants=True
    )
    return (one_way + one_way.t()).coalesce()


def ppmi(counts: Tensor) -> Tensor:
    """max(0, log(#(w, c) · |pairs| / (#(w) · #(c)))) of sparse counts (V, V): sparse, float32."""
    counts = counts.coalesce()
    places, values = counts.indices(), counts.values()
    if not len(values):
        return counts.float()
    totals = counts.sum(1).to_dense()
    rows, columns = places
    information = torch.log(values * totals.sum() / (totals[rows] * totals[columns]))
    kept = information > 0
    shape = tuple(counts.shape)
    return torch.sparse_coo_tensor(
        places[:, kept], information[kept].float(), shape, check_invariants=True
    ).coalesce()


def vectors(matrix: Tensor, width: int) -> Tensor:
    """U_d sqrt(S_d) of a sparse (V, V): dense (V, D), for d = min(width, V); what is beyond V is
    zeros. Randomised, with a seed of its own."""
    size = matrix.size(0)
    wanted = min(width, size)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        q = min(size, wanted + OVERSAMPLED)
        u, s, _ = torch.svd_lowrank(matrix, q=q, niter=ROUNDS)
    found = u[:, :wanted] * s[:wanted].clamp(min=0).sqrt()
    return torch.nn.functional.pad(found, (0, width - wanted))
