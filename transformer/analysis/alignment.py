"""Cross-attention read as an alignment of words (Bahdanau et al. 2015, "Neural Machine Translation
by Jointly Learning to Align and Translate", section 5.2.1). numpy alone.

A word of the translation is aligned by what the model looks at while it writes it: the row of its
cross-attention whose *output* is the piece.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

Span = tuple[int, int]  # places of pieces, from the first to the one after the last
Pair = tuple[int, int]  # a word of the translation, a word of the source


@dataclass(frozen=True)
class Alignment:
    """weights (words of the target, words of the source): how much of its attention a word gives to
    another. pairs are those at the threshold or above, in the order of the target.

    dropped: source words in no pair. repeated: source words in several. crossings: neighbours in
    the target whose strongest source words are neighbours too, the other way round; a sign without
    a letter or digit crosses nobody.
    """

    weights: np.ndarray
    pairs: list[Pair]
    dropped: list[int]
    repeated: list[int]
    crossings: list[tuple[Pair, Pair]]


def word_weights(attention: np.ndarray, src: Sequence[Span], tgt: Sequence[Span]) -> np.ndarray:
    """attention (T, S) of pieces, a row for each piece written -> (words, words): the sum over the
    pieces of the source word, the mean over those of the target word."""
    columns = np.stack([attention[:, start:end].sum(1) for start, end in src], axis=1)
    return np.stack([columns[start:end].mean(0) for start, end in tgt])


def align(weights: np.ndarray, threshold: float, tgt: Sequence[str]) -> Alignment:
    """weights (words of `tgt`, source words) -> who is paired with whom at `threshold` or above."""
    linked = weights >= threshold
    pairs = [(int(t), int(s)) for t, s in np.argwhere(linked)]
    times = linked.sum(0)
    spoken = linked.any(1) & np.array([any(map(str.isalnum, word)) for word in tgt])
    best = np.where(spoken, weights.argmax(1), -2).tolist()  # -2 is nobody's neighbour
    crossings = [
        ((word, left), (word + 1, right))
        for word, (left, right) in enumerate(pairwise(best))
        if right >= 0 and left == right + 1
    ]
    dropped, repeated = np.flatnonzero(times == 0).tolist(), np.flatnonzero(times > 1).tolist()
    return Alignment(weights, pairs, dropped, repeated, crossings)
