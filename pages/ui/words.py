"""Pieces put together to words again, for views that show whole words."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

_BYTES = re.compile("<([0-9A-F]{2})( [0-9A-F]{2})*>")


def word_spans(labels: Sequence[str], special: Collection[int] = ()) -> list[tuple[int, int]]:
    """The pieces first .. end (exclusive) of each word; together they are all pieces, in order.

    Labels are the vocabulary's own, as `Tokenizer.label` gives them. In byte-level pieces a word
    begins at a space, and where letters and signs meet ("account" "."); the places in `special` are
    words of their own. A vocabulary of words has no spaces in it: each of its pieces is one.
    """
    plain = [label for place, label in enumerate(labels) if place not in special]
    whole = not (plain and _spaced(plain[0]))  # a byte-level text begins with a space
    starts = [
        place
        for place, label in enumerate(labels)
        if whole
        or place in {0, *special}
        or place - 1 in special
        or _begins(labels[place - 1], label)
    ]
    return list(zip(starts, [*starts, len(labels)][1:], strict=True))


def word_label(labels: Sequence[str]) -> str:
    """The pieces of one word as one label; the bytes of a character as that character."""
    raw = b"".join(
        bytes.fromhex(label[1:-1]) if _BYTES.fullmatch(label) else label.encode()
        for label in labels
    )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(labels)


def _begins(before: str, label: str) -> bool:
    if _spaced(label):
        return True
    if _BYTES.fullmatch(label) or before.endswith(" "):  # a part of a character, or a space alone
        return False
    letters = before[-1:].isalnum() or _BYTES.fullmatch(before) is not None
    return letters != label[:1].isalnum()


def _spaced(label: str) -> bool:
    """Whether the bytes of a piece begin with a space."""
    return label.startswith(" ") or label.startswith("<20")
