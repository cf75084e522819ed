"""Paths through the layers in one plane: the pieces of a sentence, two languages. Cached, numpy and
text only."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from pages.ui.catalogue import LookError, ModelInfo, stamp_of
from pages.ui.models import check_text, load, tokenize
from pages.ui.pieces import readable
from pages.ui.results import Explained
from pages.ui.script import state_script

if TYPE_CHECKING:
    from torch import Tensor

    from transformer.tokenizer import Tokenizer

Near = list[list[list[tuple[str, float]]]]
"""For each path and stop, words of the vocabulary with their cosines."""

NEAR = 5  # words of the vocabulary told at each stop


@dataclass(frozen=True)
class Paths:
    """N paths of P stops each, in one plane.

    labels (N,) name the paths and notes (N,) say more of each; sides (N,) are places in `groups`.
    points (N, P, 2) with the share of the variance that each axis keeps; distances (P, N, N)
    between the paths, where N is small; tensors name the stops in the trace, of each group; scripts
    (N,), where there are any, find the vector of a path at stop `CELL` again.
    """

    stops: list[str]
    tensors: list[list[str]]
    labels: list[str]
    notes: list[str]
    points: np.ndarray
    share: np.ndarray
    near: Near
    groups: list[str]
    sides: list[int]
    distances: np.ndarray | None = None
    scripts: list[str] = field(default_factory=list)


def sentence_paths(info: ModelInfo, src: str) -> Paths:
    """Every piece of one sentence, [EOS] included, through the encoder. Raises `LookError`."""
    check_text(info, src)
    return _sentence_paths(str(info.folder), stamp_of(info.folder), src, info)


@st.cache_data(max_entries=16, show_spinner=False)
def _sentence_paths(folder: str, stamp: tuple[int, ...], src: str, _info: ModelInfo) -> Paths:
    labels = [*(readable(label) for label in tokenize(_info, src).labels), "[EOS]"]
    notes = [f"{label}, piece {n} of {len(labels)}" for n, label in enumerate(labels, 1)]
    paths = through_encoder(_info, states_of(_info, src), labels, notes)
    scripts = [state_script(_info, src, [place]) for place in range(len(labels))]
    return replace(paths, scripts=scripts)


def two_languages(info: ModelInfo, explained: Explained, centred: bool) -> Paths:
    """The pieces of a sentence at the end of the encoder, and those of its translation at the end
    of the decoder, where the state at one piece writes the next; with `centred`, each language
    around its own mean."""
    import torch

    bundle = load(info)
    ends = [torch.from_numpy(explained.tensors[n][0]) for n in ("encoder.memory", "decoder.state")]
    _refuse_overflow(*ends)
    last = int(explained.tensors["output.logits"][0, -1].argmax())
    written = [*explained.tgt_pieces[1:], bundle.tgt_tokenizer.label(last)]
    near = [
        *_near(ends[0][None], bundle.model.src_embedding.weight, bundle.src_tokenizer),
        *_near(ends[1][None], bundle.model.output.weight, bundle.tgt_tokenizer),
    ]
    names = [f"encoder, reads {info.languages[0]}", f"decoder, writes {info.languages[1]}"]
    labels = [readable(piece) for piece in (*explained.src_pieces, *written)]
    notes = [f"{label}, read by the encoder" for label in labels[: len(ends[0])]]
    notes += [
        f"{label}, about to be written after {readable(before)}"
        for label, before in zip(labels[len(ends[0]) :], explained.tgt_pieces, strict=True)
    ]
    moved = torch.cat([end - end.mean(0) if centred else end for end in ends])[None]
    stops, tensors = ["end of the stack"], [["encoder.memory"], ["decoder.state"]]
    sides = [0] * len(ends[0]) + [1] * len(ends[1])
    return _drawn(moved, stops, tensors, labels, notes, near, names, sides)


def states_of(info: ModelInfo, text: str) -> Tensor:
    """The pieces of a text and [EOS] at all stops of the encoder: (P, S + 1, D).

    Raises `LookError`.
    """
    from transformer.analysis.contextual import encoder_states
    from transformer.tokenizer import EOS

    states = encoder_states(load(info).model, [*tokenize(info, text).ids, EOS])
    _refuse_overflow(states)
    return states


def _refuse_overflow(*states: Tensor) -> None:
    if not all(found.isfinite().all() for found in states):
        raise LookError(
            "The model's numbers overflow on this sentence, so there is nothing to draw: choose "
            "another sentence or model."
        )


def through_encoder(info: ModelInfo, vectors: Tensor, labels: list[str], notes: list[str]) -> Paths:
    """vectors (P, N, D) at all stops of the encoder as paths."""
    from transformer.analysis.contextual import stops_of

    bundle = load(info)
    stops = stops_of(bundle.model)
    near = _near(vectors, bundle.model.src_embedding.weight, bundle.src_tokenizer)
    names, sides = ["encoder"], [0] * len(labels)
    return _drawn(vectors, list(stops), [list(stops.values())], labels, notes, near, names, sides)


def _near(vectors: Tensor, matrix: Tensor, tokenizer: Tokenizer) -> Near:
    """What is nearest to each of (P, N, D) in the vocabulary, by path and stop."""
    from transformer.analysis.contextual import nearest_rows

    ids, cosines = (found.transpose(0, 1) for found in nearest_rows(vectors, matrix.detach(), NEAR))
    names = {number: readable(tokenizer.label(number)) for number in set(ids.flatten().tolist())}
    return [
        [
            [(names[i], round(c, 4)) for i, c in zip(at_stop, its, strict=True)]
            for at_stop, its in zip(path, values, strict=True)
        ]
        for path, values in zip(ids.tolist(), cosines.tolist(), strict=True)
    ]


def _drawn(
    vectors: Tensor,
    stops: list[str],
    tensors: list[list[str]],
    labels: list[str],
    notes: list[str],
    near: Near,
    groups: list[str],
    sides: list[int],
) -> Paths:
    """vectors (P, N, D), each at length 1 as cosines see it, in the plane of their own first two
    components; else the norm at the end of the stack would fold every path back."""
    from transformer.analysis.contextual import plane
    from transformer.analysis.projections import unit_rows

    points, share = plane(unit_rows(vectors))
    flat = points.transpose(0, 1).numpy()
    return Paths(stops, tensors, labels, notes, flat, share.numpy(), near, groups, sides)
