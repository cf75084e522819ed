"""How surprised a model is by a target that it was given, piece by piece."""

from collections.abc import Sequence

import numpy as np


def piece_losses(logits: np.ndarray, ids: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """logits (T, V) and the T ids that ought to come next -> losses in nats (T,), ranks (T,).

    The loss of a piece is -ln p(piece | what stands before it), the cross-entropy that training
    lowers, without label smoothing. Rank 1 is the piece that the model itself would have chosen; of
    equally likely ones all have the best rank.
    """
    scores = logits.astype(np.float64)
    top = scores.max(1, keepdims=True)
    log_sum = top[:, 0] + np.log(np.exp(scores - top).sum(1))
    own = scores[np.arange(len(ids)), list(ids)]
    return log_sum - own, 1 + (scores > own[:, None]).sum(1)
