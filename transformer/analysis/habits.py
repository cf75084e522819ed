"""What a head with one clear habit would look at: the definitions behind the names of roles.

A habit says, for one sentence, which columns a row ought to look at. A head's score is the mean
over rows of the attention that it gives them, 0..1; a uniform head's, over the columns that a row
may look at, is the chance. Position, rare-word and alignment heads follow Voita et al. (2019,
"Analyzing Multi-Head Self-Attention", sections 5.1 to 5.3), the resting places at the ends Clark et
al. (2019, "What Does BERT Look At?", section 3.2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

PLACES = (2, 3, 4, -2, -3)  # counted from 1 at the start, from -1 at the end
SURE = 0.5  # a link is one of which the statistics are surer than of all others together


@dataclass(frozen=True)
class Sentence:
    """Ids as the model reads them: src ends in [EOS], tgt begins with [SOS].

    rarity maps an id to how often it occurs in the text measured on, src and tgt apart; links (T,
    S) are P(target piece t comes from source piece s), without specials on either side.
    """

    src: Sequence[int]
    tgt: Sequence[int]
    src_counts: Mapping[int, int]
    tgt_counts: Mapping[int, int]
    links: np.ndarray


def allowed(kind: str, rows: int, cols: int) -> np.ndarray:
    """Which columns a row may look at (R, C): in the decoder, none of the future."""
    everything = np.ones((rows, cols), bool)
    return np.tril(everything) if kind == "decoder" else everything


def habits(kind: str, sentence: Sentence) -> dict[str, np.ndarray]:
    """Habit -> the columns that each row ought to look at (R, C); a row without any does not count.

    previous, next: the neighbour. same: every token with the row's own id, itself included. first,
    last: the ends, seen from rows that have no end beside them. position N: that place. rare: what
    is rarest of what the row may see. alignment: the source of the piece that the row is about to
    write; reading: the source of the piece that it has just read.
    """
    rows, cols = {
        "encoder": (sentence.src, sentence.src),
        "decoder": (sentence.tgt, sentence.tgt),
        "cross": (sentence.tgt, sentence.src),
    }[kind]
    may = allowed(kind, len(rows), len(cols))
    found = {"same": np.equal.outer(np.asarray(rows), np.asarray(cols))}
    found |= _ends(kind, len(rows), len(cols))
    for place in PLACES:
        if place > 0 or kind != "decoder":
            found[f"position {place}"] = _place(len(rows), len(cols), place)
    counts = sentence.tgt_counts if kind == "decoder" else sentence.src_counts
    found["rare"] = _rarest(cols, counts, may)
    if kind == "cross":
        found |= _aligned(sentence)
    else:
        found["previous"] = np.eye(len(rows), len(cols), -1, bool)
    if kind == "encoder":
        found["next"] = np.eye(len(rows), len(cols), 1, bool)
    free = may.sum(1) > 1  # where there is one column there is nothing to choose
    return {name: mask & may & free[:, None] for name, mask in found.items()}


def _ends(kind: str, rows: int, cols: int) -> dict[str, np.ndarray]:
    first, last = _place(rows, cols, 1), _place(rows, cols, -1)
    if kind == "cross":
        return {"first": first, "last": last}
    first[:2] = False  # for these the first token is the same or the previous one
    if kind == "decoder":  # its last token is the row's own
        return {"first": first}
    last[-2:] = False
    return {"first": first, "last": last}


def _place(rows: int, cols: int, place: int) -> np.ndarray:
    mask = np.zeros((rows, cols), bool)
    if abs(place) <= cols:
        mask[:, place - 1 if place > 0 else place] = True
    return mask


def _rarest(cols: Sequence[int], counts: Mapping[int, int], may: np.ndarray) -> np.ndarray:
    """The column of the least frequent id that each row may see; specials are never rare, and of
    several equally rare ones all count."""
    often = np.array([counts.get(number, 0) if number > 3 else np.inf for number in cols])
    seen = np.where(may, often, np.inf)
    least = seen.min(1, keepdims=True)
    return (seen == least) & np.isfinite(least)


def _aligned(sentence: Sentence) -> dict[str, np.ndarray]:
    sure = sentence.links > SURE
    alignment = np.zeros((len(sentence.tgt), len(sentence.src)), bool)
    reading = alignment.copy()
    alignment[:-1, :-1] = sure  # row t writes piece t, for the decoder begins with [SOS]
    reading[1:, :-1] = sure
    return {"alignment": alignment, "reading": reading}
