"""Pieces of a text put so that a person can read them: nothing invisible, nothing that acts.

What comes out is plain characters for `textContent`, for a canvas or for `html.escape`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pages.ui.results import Tokens

UNK, EOS = 1, 3
Part = tuple[str, bool]
"""Characters, and whether they stand for something invisible and are to be drawn quietly."""

_BARE_BYTES = re.compile("<[0-9A-F]{2}( [0-9A-F]{2})*>")
_SIGNS = {" ": "·", "\n": "↵", "\r": "↵", "\t": "⇥", "\x7f": "␡", "\u2028": "↵", "\u2029": "↵"}
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zs", "Zl", "Zp"))


@dataclass(frozen=True)
class Segment:
    """Characters that belong together, and the pieces they became: one, or several bytes.

    gap is what the tokenizer dropped before them; pieces are places in the list of tokens.
    """

    gap: str
    text: str
    pieces: tuple[int, ...]


def segments(tokens: Tokens) -> tuple[list[Segment], str]:
    """The text in reading order, each character once, and what is left after the last piece."""
    found: list[Segment] = []
    end, place = 0, 0
    while place < len(tokens.ids):
        span = tokens.spans[place]
        shared = place
        while shared < len(tokens.ids) and tokens.spans[shared] == span:
            shared += 1
        pieces = tuple(range(place, shared))
        found.append(Segment(tokens.source[end : span[0]], tokens.source[slice(*span)], pieces))
        end, place = max(end, span[1]), shared
    return found, tokens.source[end:]


def kind(number: int, label: str, byte_level: bool) -> str:
    """What a piece is: "special", "unknown", "byte", "start" of a word, or "inside" one."""
    if number == UNK:
        return "unknown"
    if number < 4:
        return "special"
    if not byte_level:
        return "start"
    if _BARE_BYTES.fullmatch(label):
        return "byte"
    return "start" if label.startswith(" ") else "inside"


def visible(text: str) -> list[Part]:
    """The characters of `text`, signs or code points in the place of what cannot be seen."""
    if not text:
        return [("∅", True)]
    bare = all(_hidden(character) for character in text)
    parts: list[Part] = []
    for place, character in enumerate(text):
        sign = _sign(character, bare)
        if sign is None and place == 0 and unicodedata.category(character).startswith("M"):
            parts.append(("◌", True))
        part = (character, False) if sign is None else (sign, True)
        if parts and parts[-1][1] == part[1]:
            part = (parts.pop()[0] + part[0], part[1])
        parts.append(part)
    return parts


def spelled(label: str) -> list[Part]:
    """A label of the vocabulary as `visible` puts it; bare bytes, "<F0 9F>", keep their spaces."""
    return [(label, False)] if _BARE_BYTES.fullmatch(label) else visible(label)


def readable(label: str) -> str:
    """`spelled` as one string."""
    return "".join(part for part, _ in spelled(label))


def straight(text: str) -> str:
    """`text` with a name, U+202E, for each control that would turn what follows around."""
    return "".join(f"U+{ord(c):04X}" if c in _TURNS else c for c in text)


def _hidden(character: str) -> bool:
    variation = "\ufe00" <= character <= "\ufe0f"
    return variation or unicodedata.category(character) in _INVISIBLE


def _sign(character: str, bare: bool) -> str | None:
    """What stands for a character, or None for one that is shown as it is.

    Joiners inside a visible piece (an emoji of a family, Persian) keep their work.
    """
    category = unicodedata.category(character)
    if character in _SIGNS:
        return _SIGNS[character]
    if character < " ":
        return chr(0x2400 + ord(character))
    if category == "Zs":
        return "⍽"
    joins = category == "Cf" or "\ufe00" <= character <= "\ufe0f"
    if character in _TURNS or (joins and bare) or category in ("Cc", "Cn", "Co", "Cs"):
        return f"U+{ord(character):04X}"
    return None
