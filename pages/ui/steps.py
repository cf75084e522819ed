"""The step view: the next-piece distribution at every position of a translation, as one blob."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from pages.ui.components import mount, pack
from pages.ui.pieces import visible
from pages.ui.results import Translation

TOP = 10
SPECIALS = ("[PAD]", "[UNK]", "[SOS]", "[EOS]")


@dataclass(frozen=True)
class Steps:
    """What the model made of each of T steps, its logits softened to probabilities.

    top (T, K) are the ids of the likeliest pieces, best first, and top_probs (T, K) their
    probabilities; taken (T,) are the ids that the translation went on with, log_probs (T,) and
    ranks (T,), from 1, how likely they were.
    """

    top: np.ndarray
    top_probs: np.ndarray
    taken: np.ndarray
    log_probs: np.ndarray
    ranks: np.ndarray


def next_pieces(logits: np.ndarray, taken: Sequence[int], top: int = TOP) -> Steps:
    """logits (T, V) of T steps, and the id that each of them went on with.

    Raises ValueError where there is not one id for each step.
    """
    ids = np.asarray(taken, np.int64)
    if logits.shape[:1] != ids.shape or not len(ids):
        raise ValueError(f"There are {len(logits)} steps, but {len(ids)} pieces that were taken.")
    wide = logits.astype(np.float64)
    wide -= wide.max(axis=1, keepdims=True)
    log_probs = wide - np.log(np.exp(wide).sum(axis=1, keepdims=True))
    best = np.argsort(-log_probs, axis=1, kind="stable")[:, :top]
    own = log_probs[np.arange(len(ids)), ids]
    return Steps(
        top=best,
        top_probs=np.exp(np.take_along_axis(log_probs, best, axis=1)),
        taken=ids,
        log_probs=own,
        ranks=1 + (log_probs > own[:, None]).sum(axis=1),
    )


def chosen_translation(translations: Sequence[Translation], key: str) -> int:
    """The place of the translation that the person chose in the step view; 0 in a new list."""
    chosen = (st.session_state.get(key) or {}).get("chosen") or {}
    place = chosen.get("place")
    known = chosen.get("list") == _name(translations)
    return place if known and type(place) is int and 0 <= place < len(translations) else 0


def steps_view(
    *,
    translations: Sequence[Translation],
    place: int,
    steps: Steps,
    labels: Sequence[str],
    numbered: str,
    ranked: bool,
    provenance: str,
    key: str,
) -> None:
    """The translations, and the steps of the one at `place`: scrubbed in the browser, no rerun.

    labels are the target vocabulary's, by id; numbered names an entry of the list ("Draw"), and
    ranked says that the score, not the log-probability, put them in order. A choice of another
    translation comes back through `chosen_translation` with the same key.
    """
    ids = np.unique(np.concatenate([steps.top.ravel(), steps.taken]))
    used = [labels[number] for number in ids.tolist()]
    spaced = any(label.startswith(" ") for label in labels)  # else whole words are the pieces
    header: dict[str, Any] = {
        "list": _name(translations),
        "place": place,
        "numbered": numbered,
        "ranked": ranked,
        "translations": [
            {
                "text": found.text,
                "logProb": found.log_prob,
                "score": found.score,
                "finished": found.finished,
            }
            for found in translations
        ],
        "labels": [visible(label) for label in used],
        # In the running text a piece stands without the space that it begins with.
        "bare": [visible(label.removeprefix(" ") or label) for label in used],
        "starts": [place for place, label in enumerate(used) if not spaced or label[:1] == " "],
        "specials": np.flatnonzero(ids < len(SPECIALS)).tolist(),
        "vocabulary": len(labels),
        "provenance": provenance,
    }
    arrays = {
        "top": np.searchsorted(ids, steps.top).astype(np.uint32),
        "topProbs": steps.top_probs.astype(np.float32),
        "taken": np.searchsorted(ids, steps.taken).astype(np.uint32),
        "logProbs": steps.log_probs.astype(np.float32),
        "ranks": steps.ranks.astype(np.uint32),
    }
    mount("steps")(data=pack(header, arrays), key=key, on_chosen_change=lambda: None)


def _name(translations: Sequence[Translation]) -> str:
    """Stands for a list of translations: another list is another name."""
    whole = repr([(found.ids, found.score) for found in translations])
    return hashlib.sha256(whole.encode()).hexdigest()[:16]
