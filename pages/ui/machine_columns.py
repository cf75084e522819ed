"""What each of the three machines makes of a text: masks, answers, or why there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pages.ui.asked import Asked
from pages.ui.catalogue import find_model, list_one_stream
from pages.ui.errors import is_plain
from pages.ui.machines import (
    NAMES,
    Continued,
    Guess,
    Reading,
    goes_on,
    machine,
    pieces_of,
    read_forward,
    read_hidden,
)
from pages.ui.models import explain, tokenize, translate
from pages.ui.pieces import spelled
from pages.ui.results import Tokens
from pages.ui.script import portable
from pages.ui.state import Look
from pages.ui.subject import ending, what

FILL = """from transformer.filling import fill
from transformer.one_stream import load_one_stream
from pathlib import Path
found = load_one_stream(Path({folder!r})); ids = found.tokenizer.encode({text!r}).ids
print({{place: [(found.tokenizer.label(p), q) for p, q in best] for place, best in \
fill(found.model, ids, {hidden!r}).items()}})
"""


@dataclass(frozen=True)
class Mask:
    """Who may look at whom, allowed (rows, cols); rows and cols are "text" or "target"."""

    title: str
    rows: str
    cols: str
    hue: str  # a kind of attention
    dims: str
    allowed: np.ndarray


@dataclass(frozen=True)
class Column:
    """One machine: its masks, what it read by side, where the pieces of the text stand in that.
    reading is the pass of a model of one stream; sorry says why there is nothing of all this."""

    stand: str
    sides: Mapping[str, Sequence[str]] = field(default_factory=dict)
    places: Sequence[int] = ()
    masks: Sequence[Mask] = ()
    answer: Mapping[str, Any] = field(default_factory=dict)
    reading: Reading | None = None
    sorry: str = ""


def read_all(
    look: Look, tokens: Tokens, asked: Asked, chosen: Mapping[str, str]
) -> dict[str, Column]:
    """A column a machine, by its name; one that has nothing to show says why in a sentence. chosen
    are the keys of those of one stream."""
    makers: dict[str, Callable[[], Column]] = {
        "encoder": lambda: encoder_column(tokens, asked, chosen.get("encoder", "")),
        "decoder": lambda: decoder_column(tokens, asked, chosen.get("decoder", "")),
        "two": lambda: two_column(look, tokens),
    }
    return {name: _or_sorry(make) for name, make in makers.items()}


def text_pieces(look: Look, chosen: Mapping[str, str]) -> Tokens:
    """The text as the first of the machines that is there cuts it; blanks alone are no text. Raises
    `LookError`."""
    text = look.src if look.src.strip() else ""
    for name in NAMES:
        if list_one_stream(name):
            return pieces_of(machine(name, chosen.get(name, "")), text)
    return tokenize(find_model(look.model), text)


def _or_sorry(make: Callable[[], Column]) -> Column:
    try:
        return make()
    except ValueError as error:
        if not is_plain(error):
            raise
        return Column("", sorry=str(error))


def encoder_column(tokens: Tokens, asked: Asked, key: str = "") -> Column:
    """The hidden pieces filled, and what else was likely; `tokens` are this model's. Raises
    `LookError`."""
    info = machine("encoder", key)
    reading = read_hidden(info, tokens.source, asked.hidden)
    best = [
        reading.guesses[place].best[0].label if place in reading.guesses else label
        for place, label in enumerate(tokens.labels)
    ]
    answer = {
        "filled": [spelled(label) for label in best],
        "guesses": {str(place): _guess(guess) for place, guess in reading.guesses.items()},
        "script": FILL.format(
            folder=portable(info.folder), text=tokens.source, hidden=list(asked.hidden)
        ),
    }
    masks = [Mask("Self-attention", "text", "text", "encoder", "b h s s", reading.mask)]
    sides = {"text": reading.labels}
    return Column(what(info, tokens.source), sides, reading.places, masks, answer, reading)


def decoder_column(tokens: Tokens, asked: Asked, key: str = "") -> Column:
    """The text continued twice, and what was expected at each of its places. Where this model cuts
    the text in another way, a place stands for its own first piece there. Raises `LookError`."""
    info = machine("decoder", key)
    reading = read_forward(info, tokens.source)
    own = same_places(tokens, pieces_of(info, tokens.source))
    guesses = [reading.guesses[place] for place in [*own, len(reading.places)]]
    given = tokens.source, None if asked.at is None else own[asked.at]
    answer = {
        "likeliest": _continued(goes_on(info, *given)),
        "drawn": _continued(goes_on(info, *given, asked.temperature, asked.seed)),
        "guesses": {str(place): _guess(guess) for place, guess in enumerate(guesses)},
    }
    masks = [Mask("Self-attention", "text", "text", "decoder", "b h t t", reading.mask)]
    sides = {"text": reading.labels}
    places = [reading.places[place] for place in own]
    return Column(what(info, tokens.source), sides, places, masks, answer, reading)


def two_column(look: Look, tokens: Tokens) -> Column:
    """The translation by the look's model, with the three masks of an encoder-decoder.
    Raises `LookError`."""
    info = find_model(look.model)
    own = translate(info, look.src)[0]
    explained = explain(info, look.src, own.ids)
    source, target = len(explained.src_pieces), len(explained.tgt_pieces)
    masks = [
        Mask("Encoder self", "text", "text", "encoder", "b h s s", np.ones((source, source), bool)),
        Mask(
            "Decoder self",
            "target",
            "target",
            "decoder",
            "b h t t",
            np.tri(target, dtype=bool),
        ),
        Mask("Cross", "target", "text", "cross", "b h t s", np.ones((target, source), bool)),
    ]
    sides = {"text": explained.src_pieces, "target": explained.tgt_pieces}
    places = same_places(tokens, tokenize(info, look.src))
    answer = {"translation": own.text, "note": ending(own)}
    return Column(what(info, look.src), sides, places, masks, answer)


def same_places(tokens: Tokens, others: Tokens) -> list[int]:
    """For each piece, the first piece of another cut of the same text that shares a character."""
    found = []
    for start, end in tokens.spans:
        shared = [n for n, (first, last) in enumerate(others.spans) if first < end and start < last]
        same = [n for n, span in enumerate(others.spans) if span == (start, end)]
        found.append((shared or same or [0])[0])
    return found


def _guess(guess: Guess) -> dict[str, Any]:
    return {
        "best": [[spelled(label), probability] for label, probability in guess.best],
        "own": guess.own and [spelled(guess.own.label), guess.own.probability],
        "rank": guess.rank,
    }


def _continued(found: Continued) -> dict[str, Any]:
    return {
        "text": found.text,
        "finished": found.finished,
        "pieces": found.pieces,
        "logProb": found.log_prob,
    }
