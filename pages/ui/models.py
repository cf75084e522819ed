"""What a model makes of a text: cached, numpy and text only.

torch is imported inside the functions that need it, so that a page paints first. What a session
gets is a copy of its own; the models themselves are shared and never changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from pages.ui.catalogue import LookError, ModelInfo, NothingTyped, stamp_of
from pages.ui.results import Explained, Tokens, Translation
from trainer.folder import in_run_words

if TYPE_CHECKING:
    from transformer.bundle import Bundle


def tokenize(info: ModelInfo, text: str, side: str = "src") -> Tokens:
    """The pieces of `text` by the model's source or target tokenizer, without special tokens."""
    return _tokenize(str(info.folder), stamp_of(info.folder), text, side)


def translate(
    info: ModelInfo, text: str, method: str = "greedy", edits: str = "", /, **settings: float
) -> list[Translation]:
    """The model's translations, best first: method is greedy, beam or sample.

    settings: beams, alpha for beam; temperature, top_k, top_p, seed, draws for sample. edits (see
    transformer/analysis/edits.py) must fit. Raises `LookError` for a text that is blank or too
    long, and where the model's numbers overflow.
    """
    check_text(info, text)
    given = tuple(sorted(settings.items()))
    return _translate(str(info.folder), stamp_of(info.folder), text, method, given, edits)


def explain(
    info: ModelInfo, text: str, target: str | Sequence[int] | None = None, edits: str = ""
) -> Explained:
    """Trace one pass over `text` and a target: a text, the ids of its pieces, or, where there is
    none or a blank one, the model's own greedy translation; all of it under `edits`, which must
    fit.

    Raises `LookError` for a text that is blank or too long, for a target that is too long, and
    where the model's numbers overflow.
    """
    check_text(info, text)
    if target is None or (isinstance(target, str) and not target.strip()):
        target = translate(info, text, "greedy", edits)[0].ids
    elif isinstance(target, str):
        check_text(info, target, "tgt")
        target = tokenize(info, target, "tgt").ids
    return _explain(str(info.folder), stamp_of(info.folder), text, tuple(target), edits)


def check_text(info: ModelInfo, text: str, side: str = "src") -> None:
    """Raise `LookError` where there is nothing to show, or more than the model can take."""
    if not text.strip():
        raise NothingTyped("Type a sentence to see what the model makes of it.")
    count = len(tokenize(info, text, side).ids) + 1
    if count > info.max_tokens:
        what = "sentence" if side == "src" else "translation"
        raise LookError(
            f"This {what} is {count:,} tokens long, but the model takes {info.max_tokens:,}: "
            "shorten it."
        )


def check_numbers(numbers: Sequence[float] | np.ndarray) -> None:
    """Raise `LookError` where they are none: weights are finite, but their products may not be."""
    if not np.isfinite(numbers).all():
        raise LookError(
            "The model's numbers overflow on this sentence, so there is nothing to show: choose "
            "another sentence or model."
        )


def embedding_matrix(info: ModelInfo, side: str = "src") -> tuple[np.ndarray, list[str]]:
    """The rows of the embedding (V, D) in float32, and the label of each. Do not change them."""
    return _embedding_matrix(str(info.folder), stamp_of(info.folder), side)


def load(info: ModelInfo) -> Bundle:
    """The model itself, shared by all sessions: never change it. Raises `BundleError`."""
    return _bundle(str(info.folder), stamp_of(info.folder))


@st.cache_resource(max_entries=4, show_spinner="Loading the model …")
def _bundle(folder: str, stamp: tuple[int, ...]) -> Bundle:
    import torch

    from transformer.bundle import BundleError, load_bundle

    # One sentence gains little from more threads, and on a busy machine they wait for each other:
    # beside a training run two took 40 times as long as one.
    torch.set_num_threads(1)
    path = Path(folder)
    try:
        return load_bundle(path)
    except BundleError as error:
        raise BundleError(in_run_words(str(error), path)) from error


@st.cache_data(max_entries=256, show_spinner=False)
def _tokenize(folder: str, stamp: tuple[int, ...], text: str, side: str) -> Tokens:
    bundle = _bundle(folder, stamp)
    tokenizer = bundle.src_tokenizer if side == "src" else bundle.tgt_tokenizer
    encoding = tokenizer.encode(text)
    pieces = encoding.pieces
    return Tokens(
        encoding.text,
        encoding.ids,
        [piece.text for piece in pieces],
        [tokenizer.label(piece.id) for piece in pieces],
        [(piece.start, piece.end) for piece in pieces],
    )


@st.cache_data(max_entries=128, show_spinner=False)
def _translate(
    folder: str,
    stamp: tuple[int, ...],
    text: str,
    method: str,
    settings: tuple[tuple[str, float], ...],
    edits: str,
) -> list[Translation]:
    import torch

    from transformer.analysis.edits import parse_edits
    from transformer.analysis.interventions import prepare
    from transformer.decoding import beam_search, greedy, sample

    if method != "greedy":  # the others can choose nothing where numbers overflow: this says so
        _translate(folder, stamp, text, "greedy", (), edits)
    bundle, given = _bundle(folder, stamp), dict(settings)
    src_ids, made = prepare(bundle, text, parse_edits(edits)[0])
    src = torch.tensor([src_ids])
    if method == "greedy":
        found = greedy(bundle.model, src, edits=made)
    elif method == "beam":
        beams, alpha = int(given.get("beams", 4)), given.get("alpha", 0.6)
        found = beam_search(bundle.model, src, beams, alpha, edits=made)[0]
    else:
        draws, seed = int(given.get("draws", 1)), int(given.get("seed", 0))
        found = sample(
            bundle.model,
            src.expand(draws, -1),
            [seed + draw for draw in range(draws)],
            given.get("temperature", 1.0),
            int(given.get("top_k", 0)),
            given.get("top_p", 1.0),
            edits=made,
        )
    check_numbers([number for one in found for number in one.token_log_probs])
    decode = bundle.tgt_tokenizer.decode
    return [
        Translation(decode(h.ids), h.ids, h.token_log_probs, h.log_prob, h.score, h.finished)
        for h in found
    ]


@st.cache_data(max_entries=8, show_spinner=False)  # a long sentence traces to 30 MB
def _explain(
    folder: str, stamp: tuple[int, ...], text: str, tgt_ids: tuple[int, ...], edits: str
) -> Explained:
    import torch

    from transformer.analysis.edits import parse_edits
    from transformer.analysis.interventions import prepare
    from transformer.analysis.norms import all_value_norms
    from transformer.tokenizer import SOS
    from transformer.trace import tracing

    bundle = _bundle(folder, stamp)
    src_ids, made = prepare(bundle, text, parse_edits(edits)[0])
    decoder_ids = [SOS, *tgt_ids]
    with torch.no_grad(), tracing(bundle.model, made) as trace:
        check_numbers(bundle.model(torch.tensor([src_ids]), torch.tensor([decoder_ids])).numpy())
        norms = all_value_norms(bundle.model, trace)
    return Explained(
        [bundle.src_tokenizer.label(number) for number in src_ids],
        [bundle.tgt_tokenizer.label(number) for number in decoder_ids],
        decoder_ids,
        {name: tensor.numpy() for name, tensor in trace.items()},
        trace.dims,
        {name: lengths[0].numpy() for name, lengths in norms.items()},
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _embedding_matrix(
    folder: str, stamp: tuple[int, ...], side: str
) -> tuple[np.ndarray, list[str]]:
    bundle = _bundle(folder, stamp)
    source = side == "src"
    module = bundle.model.src_embedding if source else bundle.model.tgt_embedding
    tokenizer = bundle.src_tokenizer if source else bundle.tgt_tokenizer
    matrix = module.weight.detach().numpy()
    matrix.flags.writeable = False
    return matrix, [tokenizer.label(number) for number in range(len(tokenizer))]
