"""What an encoder-only model thinks stands where a word is hidden."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from transformer.encoder_only import EncoderOnly
from transformer.tokenizer import EOS, SPECIALS


class Guess(NamedTuple):
    """A piece and its probability."""

    piece: int
    probability: float


def with_hidden(model: EncoderOnly, ids: Sequence[int], hidden: Collection[int]) -> Tensor:
    """What the model reads: pieces [EOS], with `[MASK]` at the hidden places -> (1, S).

    Raises ValueError for a place that is none of the text's, or a text too long for the model.
    """
    if strange := [place for place in hidden if not 0 <= place < len(ids)]:
        raise ValueError(f"There is no word {strange[0] + 1} to hide in a text of {len(ids)}.")
    if len(ids) >= model.config.max_tokens:
        raise ValueError(
            f"{len(ids)} tokens, but this model takes {model.config.max_tokens - 1}: shorten the "
            "text."
        )
    device = next(model.parameters()).device
    read = [model.mask if place in hidden else piece for place, piece in enumerate(ids)]
    return torch.tensor([[*read, EOS]], device=device)


def guesses(model: EncoderOnly, logits: Tensor, many: int = 5) -> list[list[Guess]]:
    """The likeliest pieces at each place: logits (N, V) -> N lists, the likeliest first.

    Only what a text can hold is a guess: no special token, and not `[MASK]`.
    """
    scores = logits.clone()
    scores[:, : len(SPECIALS)] = -torch.inf
    scores[:, model.mask] = -torch.inf
    values, pieces = scores.softmax(dim=-1).topk(min(many, model.mask - len(SPECIALS)))
    return [
        [Guess(piece, value) for piece, value in zip(*row, strict=True)]
        for row in zip(pieces.tolist(), values.tolist(), strict=True)
    ]


@torch.no_grad()
def fill(
    model: EncoderOnly, ids: Sequence[int], hidden: Collection[int], many: int = 5
) -> dict[int, list[Guess]]:
    """The likeliest pieces for each hidden place of a text, all of them asked at once."""
    places = sorted(hidden)
    if not places:
        return {}
    logits = model(with_hidden(model, ids, hidden))[0, places]
    return dict(zip(places, guesses(model, logits, many), strict=True))
