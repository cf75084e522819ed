"""A person's words about a run: a name, a note, tags; beside the spec, which never changes.

They are for reading only: a run is found by its id, and no name here ever becomes a path.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from trainer.folder import Run, RunError, unwritable
from trainer.records import read_record, write_record

FILE = "notes.json"
SCHEMA = 1
MOST_NAME, MOST_NOTE, MOST_TAG, MOST_TAGS = 80, 4000, 24, 8  # characters, and tags
_JOINERS = "\u200c\u200d"  # invisible too, but scripts and emoji are written with them


@dataclass(frozen=True)
class Notes:
    """What a person calls a run and says of it. Raises RunError for what cannot be shown."""

    name: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check("name", self.name, MOST_NAME)
        _check("note", self.note, MOST_NOTE, allowed="\n\t")
        if len(self.tags) > MOST_TAGS:
            raise RunError(f"A run may have {MOST_TAGS} tags: leave some of the others out.")
        for tag in self.tags:
            _check("tag", tag, MOST_TAG)


def notes(name: str = "", note: str = "", tags: Iterable[str] = ()) -> Notes:
    """The notes as typed: stripped, each tag once and without its #. Raises RunError."""
    words = (" ".join(tag.replace("#", " ").split()) for tag in tags)
    lines = note.replace("\r\n", "\n").strip()
    return Notes(name.strip(), lines, tuple(dict.fromkeys(filter(None, words))))


def read_notes(run: Run) -> Notes:
    """The run's notes; a part that is missing or not as it should be is empty."""
    record = read_record(run.path / FILE) or {}
    kept: dict[str, Any] = {}
    for part in ("name", "note"):
        kept |= _sound(part, record.get(part))
    tags = record.get("tags")
    kept |= _sound("tags", tuple(tags) if isinstance(tags, list) else ())
    return Notes(**kept)


def write_notes(run: Run, words: Notes) -> None:
    """Keep the notes, in one piece. Raises RunError for a run that ships, or a full disk."""
    if run.origin == "shipped":
        raise RunError(f"The run {run.id} comes with Dawn, so its notes cannot be changed.")
    try:
        write_record(run.path / FILE, {"schema": SCHEMA, **asdict(words)})
    except OSError as error:
        raise unwritable(run.path, error) from error


def title(run: Run, words: Notes | None = None) -> str:
    """What to call the run: its name, or the id where it has none."""
    return (words or read_notes(run)).name or run.id


def _sound(part: str, value: Any) -> dict[str, Any]:
    try:
        Notes(**{part: value})
    except (RunError, TypeError):
        return {}
    return {part: value}


def _check(what: str, text: str, most: int, allowed: str = "") -> None:
    if not isinstance(text, str):
        raise TypeError(f"A {what} is text.")
    if len(text) > most:
        raise RunError(f"The {what} has {len(text):,} characters: use {most:,} at most.")
    for sign in text:
        # Control, formatting (which can reverse a line) and half characters; line separators.
        hidden = unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        if hidden and sign not in allowed + _JOINERS:
            raise RunError(
                f"The {what} holds a character that cannot be seen (U+{ord(sign):04X}): "
                "type it again without it."
            )
