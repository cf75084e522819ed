"""What is set in a panel, kept in the look: one parameter of the address a panel, such as
`map=how-UMAP~near-30`.

A widget is given `**kept.bound(...)`: it shows what the look says, and what a person changes in it
is committed as one entry of the browser's history. Only what differs from how a panel is at first
stands in the address. What the address asks for and the widget does not offer is as it is at first,
and `tell()` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

import streamlit as st

from pages.ui.layout import notice
from pages.ui.state import current_look, write_look

T = TypeVar("T")
Reader = Callable[[str], T]
"""Makes a value of a text of the address; raises ValueError where it is none."""

ESCAPES = {"%": "%25", "~": "%7E"}


def to_text(values: dict[str, str]) -> str:
    """Names of letters and any values as one text: `how-UMAP~near-30`."""
    for sign, code in ESCAPES.items():
        values = {name: value.replace(sign, code) for name, value in values.items()}
    return "~".join(f"{name}-{value}" for name, value in values.items())


def from_text(text: str) -> dict[str, str]:
    """The values of such a text; what has no name in it is left out."""
    pairs = [part.split("-", 1) for part in text.split("~") if "-" in part]
    for sign, code in reversed(ESCAPES.items()):
        pairs = [[name, value.replace(code, sign)] for name, value in pairs]
    return dict(pairs)


class Kept:
    """What is set in one panel, which is a field of the look by this name."""

    def __init__(self, panel: str) -> None:
        self.panel = panel
        self.values = from_text(getattr(current_look(), panel))
        self.wrong: list[str] = []

    def read(self, name: str, usual: T, reader: Reader[T]) -> T:
        """The value of that name as the look has it, else as it is at first."""
        if name not in self.values:
            return usual
        try:
            return reader(self.values[name])
        except ValueError:
            self.wrong.append(f"“{name}-{self.values[name][:40]}”")
            return usual

    def bound(
        self,
        name: str,
        usual: T,
        reader: Reader[T],
        write: Callable[[T], object] = lambda value: value,
        clears: Sequence[str] = (),
    ) -> dict[str, Any]:
        """`key` and `on_change` of the widget that shows and changes this value.

        write makes of a value what `reader` reads; clears are what is as at first after a change.
        """
        key = f"{self.panel}.{name}"
        st.session_state[key] = self.read(name, usual, reader)

        def commit() -> None:
            changed = {name: (write(st.session_state[key]), write(usual))}
            self.keep(**changed, **dict.fromkeys(clears, (None, None)))

        return {"key": key, "on_change": commit}

    def keep(self, **changes: tuple[Any, Any]) -> None:
        """Commit values, each with what it is at first, in one step of the history."""
        write_look(**self.changed(**changes))

    def changed(self, **changes: tuple[Any, Any]) -> dict[str, str]:
        """What `keep` commits, for a step of the history that commits more."""
        values = from_text(getattr(current_look(), self.panel))
        for name, (value, usual) in changes.items():
            values.pop(name, None)
            if value is not None and value != usual:
                values[name] = f"{value:g}" if isinstance(value, float) else str(value)
        return {self.panel: to_text(values)}

    def tell(self) -> None:
        """One sentence about the values read so far that are asked for and are not there."""
        if self.wrong:
            asked = ", ".join(dict.fromkeys(self.wrong))
            notice(f"The address asks for {asked}, which is unknown here: the usual is shown.")
        self.wrong.clear()


def one_of(known: Collection[str]) -> Reader[str]:
    """Takes the texts that are known."""

    def read(text: str) -> str:
        if text not in known:
            raise ValueError(text)
        return text

    return read


def number_of(known: Collection[int]) -> Reader[int]:
    """Takes the whole numbers that are known."""

    def read(text: str) -> int:
        return int(one_of([str(number) for number in known])(text))

    return read


def whole(low: int, high: int) -> Reader[int]:
    """Takes the whole numbers from `low` to `high`."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 10 and low <= int(text) <= high):
            raise ValueError(text)
        return int(text)

    return read


def share(high: float, step: float) -> Reader[float]:
    """Takes the multiples of `step` from 0 to `high`."""

    def read(text: str) -> float:
        if not 0 <= float(text) <= high:
            raise ValueError(text)
        return round(round(float(text) / step) * step, 6)

    return read


def yes_or_no(text: str) -> bool:
    """Takes True and False as they are written."""
    return one_of(("True", "False"))(text) == "True"


def up_to(length: int) -> Reader[str]:
    """Takes any text that is no longer."""

    def read(text: str) -> str:
        if len(text) > length:
            raise ValueError(text)
        return text

    return read
