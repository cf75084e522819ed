"""What encoder-only and decoder-only models make of a text: cached, numpy and text only.

The encoder-decoder's is in `models.py`; as there, torch is imported inside the functions that need
it, and the models are shared by all sessions and never changed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import streamlit as st

from pages.ui.catalogue import LookError, OneStreamInfo, list_one_stream, stamp_of
from pages.ui.models import check_numbers
from pages.ui.one_stream import load_one
from pages.ui.results import Tokens

if TYPE_CHECKING:
    from torch import Tensor

    from transformer.decoder_only import DecoderOnly
    from transformer.encoder_only import EncoderOnly
    from transformer.tokenizer import Tokenizer

NAMES = {"encoder": "encoder-only", "decoder": "decoder-only"}
MANY = 5  # guesses that are shown for a place
LONGEST = 30  # pieces of a continuation


class Likely(NamedTuple):
    """A piece, by its label, and its probability."""

    label: str
    probability: float


@dataclass(frozen=True)
class Guess:
    """The likeliest pieces of one place; own is what stands there, rank its place among all from 1.
    Both are None behind the end of the text, where nothing stands."""

    best: list[Likely]
    own: Likely | None = None
    rank: int | None = None


@dataclass(frozen=True)
class Reading:
    """One traced pass over a text of n pieces.

    labels are the T pieces that the model read, specials included; places[i] is where piece i of
    the text stands among them. attention (L, H, T, T), norms (L, H, T) of |v W_O|, mask (T, T) true
    where a row may look. guesses[i] are of piece i: for an encoder of hidden pieces alone.
    """

    labels: list[str]
    places: list[int]
    attention: np.ndarray
    norms: np.ndarray
    mask: np.ndarray
    guesses: dict[int, Guess]


@dataclass(frozen=True)
class Continued:
    """What a decoder goes on with. finished: it came to [EOS] by itself."""

    text: str
    log_prob: float
    pieces: int
    finished: bool


def machine(architecture: str, key: str = "") -> OneStreamInfo:
    """The model of that kind and key; else the first, those that ship before those of runs. Raises
    `LookError` where there is none."""
    infos = list_one_stream(architecture)
    for info in [*(one for one in infos if one.key == key), *infos]:
        return info
    raise LookError(
        f"There is no {NAMES[architecture]} model in this copy of Dawn: restore assets/models, or "
        "train one on the training page."
    )


def pieces_of(info: OneStreamInfo, text: str) -> Tokens:
    """The pieces of `text` by the model's tokenizer, without special tokens."""
    return _pieces(str(info.folder), stamp_of(info.folder), text)


def read_hidden(info: OneStreamInfo, text: str, hidden: Collection[int]) -> Reading:
    """An encoder-only model's pass over `text` with `[MASK]` at the hidden places, which are places
    of its pieces. Raises `LookError` for a text that is too long."""
    check_length(info, text)
    return _hidden(str(info.folder), stamp_of(info.folder), text, tuple(sorted(hidden)))


def read_forward(info: OneStreamInfo, text: str) -> Reading:
    """A decoder-only model's pass over `[SOS]` and `text`: guesses[i] are of piece i, seen from
    those before it, and the last is of what comes next. Raises `LookError` as above."""
    check_length(info, text)
    return _forward(str(info.folder), stamp_of(info.folder), text)


def goes_on(
    info: OneStreamInfo,
    text: str,
    upto: int | None = None,
    temperature: float = 0.0,
    seed: int = 0,
) -> Continued:
    """The first `upto` pieces of `text`, or all, continued: by the likeliest pieces, or, above
    temperature 0, by drawn ones. From no piece the model begins at [SOS], as every line that it
    learned from does. Raises `LookError` as above."""
    read_forward(info, text)  # says where numbers overflow: nothing can be drawn from them
    given = (upto, temperature, seed)
    return _goes_on(str(info.folder), stamp_of(info.folder), text, *given)


def check_length(info: OneStreamInfo, text: str) -> None:
    """Raise `LookError` for a text that leaves no room for one piece more."""
    count, most = len(pieces_of(info, text).ids), int(info.sizes["max_tokens"]) - 2
    if count > most:
        raise LookError(
            f"This text is {count:,} tokens long, but the {NAMES[info.architecture]} model takes "
            f"{most:,}: shorten it."
        )


def _tokenizer(folder: str, stamp: tuple[int, ...]) -> Tokenizer:
    return cast("Tokenizer", load_one(folder, stamp).tokenizer)  # a model of text has one


@st.cache_data(max_entries=256, show_spinner=False)
def _pieces(folder: str, stamp: tuple[int, ...], text: str) -> Tokens:
    tokenizer = _tokenizer(folder, stamp)
    encoding = tokenizer.encode(text)
    return Tokens(
        encoding.text,
        encoding.ids,
        [piece.text for piece in encoding.pieces],
        [tokenizer.label(piece.id) for piece in encoding.pieces],
        [(piece.start, piece.end) for piece in encoding.pieces],
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _hidden(folder: str, stamp: tuple[int, ...], text: str, hidden: tuple[int, ...]) -> Reading:
    import torch

    from transformer.filling import with_hidden
    from transformer.masks import padding_mask
    from transformer.tokenizer import SPECIALS
    from transformer.trace import tracing

    model = cast("EncoderOnly", load_one(folder, stamp).model)
    ids = _tokenizer(folder, stamp).encode(text).ids
    read = with_hidden(model, ids, hidden)
    with torch.no_grad(), tracing(model) as trace:
        logits = model(read)[0]
    check_numbers(logits.numpy())
    # As `filling.guesses` has it: only what a text can hold is a guess.
    logits[:, : len(SPECIALS)] = logits[:, model.mask] = -torch.inf
    mask = padding_mask(read)[0, 0].expand(read.size(1), -1)
    found = {place: _guess(folder, stamp, logits[place], ids[place]) for place in hidden}
    labels = [_label(folder, stamp, piece) for piece in read[0].tolist()]
    return Reading(labels, list(range(len(ids))), *_attention(model, trace), mask.numpy(), found)


@st.cache_data(max_entries=16, show_spinner=False)
def _forward(folder: str, stamp: tuple[int, ...], text: str) -> Reading:
    import torch

    from transformer.masks import causal_mask
    from transformer.tokenizer import SOS
    from transformer.trace import tracing

    model = cast("DecoderOnly", load_one(folder, stamp).model)
    ids = _tokenizer(folder, stamp).encode(text).ids
    read = torch.tensor([[SOS, *ids]])
    with torch.no_grad(), tracing(model) as trace:
        logits = model(read)[0]
    check_numbers(logits.numpy())
    following = [*ids, None]
    found = {
        place: _guess(folder, stamp, row, following[place]) for place, row in enumerate(logits)
    }
    labels = [_label(folder, stamp, piece) for piece in read[0].tolist()]
    places = list(range(1, len(ids) + 1))
    mask = causal_mask(read.size(1))[0, 0].numpy()
    return Reading(labels, places, *_attention(model, trace), mask, found)


@st.cache_data(max_entries=64, show_spinner=False)
def _goes_on(
    folder: str,
    stamp: tuple[int, ...],
    text: str,
    upto: int | None,
    temperature: float,
    seed: int,
) -> Continued:
    from transformer.continuing import continued

    tokenizer = _tokenizer(folder, stamp)
    ids = tokenizer.encode(text).ids[:upto]
    model = cast("DecoderOnly", load_one(folder, stamp).model)
    found = continued(model, ids, LONGEST, temperature, seed)
    whole, before = tokenizer.decode([*ids, *found.ids]), tokenizer.decode(ids)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(before, whole, strict=False))
    new = whole[len(list(same)) :]  # what was before may end inside a character
    return Continued(new, found.log_prob, len(found.ids), found.finished)


def _attention(model: EncoderOnly | DecoderOnly, trace: object) -> tuple[np.ndarray, np.ndarray]:
    """Weights (L, H, T, T) and |v W_O| (L, H, T) of all layers."""
    from transformer.analysis.norms import all_value_norms
    from transformer.trace import Trace

    traced = cast(Trace, trace)
    norms = all_value_norms(model, traced)
    weights = [traced[f"{name}.weights"][0].numpy() for name in norms]
    return np.stack(weights), np.stack([length[0].detach().numpy() for length in norms.values()])


def _guess(folder: str, stamp: tuple[int, ...], logits: Tensor, own: int | None) -> Guess:
    """logits (V) -> the likeliest pieces, and where `own` stands among them."""
    probabilities = logits.softmax(dim=-1)
    values, pieces = probabilities.topk(min(MANY, len(probabilities)))
    best = [
        Likely(_label(folder, stamp, piece), value)
        for piece, value in zip(pieces.tolist(), values.tolist(), strict=True)
    ]
    if own is None:
        return Guess(best)
    likelihood = float(probabilities[own])
    rank = 1 + int((probabilities > likelihood).sum())
    return Guess(best, Likely(_label(folder, stamp, own), likelihood), rank)


def _label(folder: str, stamp: tuple[int, ...], piece: int) -> str:
    tokenizer = _tokenizer(folder, stamp)
    return tokenizer.label(piece) if piece < len(tokenizer) else "[MASK]"
