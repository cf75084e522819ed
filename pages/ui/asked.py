"""What is asked of the three machines: which pieces are hidden, where the text goes on, how it is
drawn. Kept in the look, `machines=hidden-3.4~at-3~temperature-1.2~seed-7`, counted from 1; which
models of one stream are asked stands there as well, `encoder-KEY~decoder-KEY`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.ui.catalogue import list_one_stream
from pages.ui.kept import Kept, Reader, one_of, share, whole
from pages.ui.machines import NAMES
from pages.ui.words import word_spans

TEMPERATURE, HOTTEST, STEP = 0.8, 2.0, 0.1
SEED, SEEDS = 1, 9_999
NONE, END = "none", "end"


@dataclass(frozen=True)
class Asked:
    """hidden are places of pieces; at is the place from which the text goes on, None at its end;
    until a person asks, that of the first hidden piece: both machines are asked for the same."""

    hidden: tuple[int, ...]
    at: int | None
    temperature: float
    seed: int

    def sent(self) -> dict[str, Any]:
        """As the component reads it, and as it answers."""
        return {
            "hidden": list(self.hidden),
            "at": self.at,
            "temperature": self.temperature,
            "seed": self.seed,
            "hottest": HOTTEST,
            "seeds": SEEDS,
        }


def read_asked(labels: Sequence[str]) -> Asked:
    """What the look asks of a text of these pieces; `Kept.tell` says what it has no room for."""
    kept, count = Kept("machines"), len(labels)
    hidden = kept.read("hidden", longest_word(labels), places(count))
    asked = Asked(
        hidden,
        kept.read("at", min(hidden, default=None), place(count)),
        kept.read("temperature", TEMPERATURE, share(HOTTEST, STEP)),
        kept.read("seed", SEED, whole(0, SEEDS)),
    )
    kept.tell()
    return asked


def chosen_machines(text: Mapping[str, str]) -> dict[str, str]:
    """The key of the encoder-only and of the decoder-only model, chosen where there are several."""
    kept, found = Kept("machines"), {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name in NAMES:
            titles = {info.key: info.choice for info in list_one_stream(name)}
            usual = next(iter(titles), "")
            found[name] = kept.read(name, usual, one_of(titles))
            if len(titles) > 1:
                st.selectbox(
                    text[name],
                    list(titles),
                    format_func=titles.__getitem__,
                    width=300,
                    **kept.bound(name, usual, one_of(titles), clears=("hidden", "at")),
                )
    kept.tell()
    return found


def longest_word(labels: Sequence[str]) -> tuple[int, ...]:
    """What is hidden until a person asks: the longest word of one piece before the last word,
    so that something follows it, or, where none is, the longest of all; the first of several."""
    spans = word_spans(labels)
    if not spans:
        return ()
    whole_pieces = [span for span in spans[:-1] if span[1] - span[0] == 1]
    longest = max(whole_pieces or spans, key=lambda span: len("".join(labels[slice(*span)])))
    return tuple(range(*longest))


def places(count: int) -> Reader[tuple[int, ...]]:
    """Takes "3.4", different places of a text of `count` pieces, and "none"."""

    def read(text: str) -> tuple[int, ...]:
        if text == NONE:
            return ()
        return tuple(sorted({whole(1, count)(part) - 1 for part in text.split(".")}))

    return read


def place(count: int) -> Reader[int | None]:
    """Takes a place of a text of `count` pieces, and "end"."""
    return lambda text: None if text == END else whole(1, count)(text) - 1


def commit(key: str) -> None:
    """Keep what the component asks, where it is made of what can be asked."""
    said = getattr(st.session_state.get(key), "asked", None)
    if said is not None:  # it is None once more when the component goes, and its state with it
        Kept("machines").keep(**changes(said))


def changes(said: Any) -> dict[str, tuple[Any, Any]]:
    """The message of the browser, as what `Kept.keep` takes: what was changed alone. Nothing of a
    message that no person can have sent."""
    number = whole(0, 10_000)
    found: dict[str, tuple[Any, Any]] = {}
    try:
        if "hidden" in said:
            hidden = sorted({number(str(one)) for one in said["hidden"]})
            found["hidden"] = ".".join(str(one + 1) for one in hidden) or NONE, None
        if "at" in said:
            found["at"] = END if said["at"] is None else number(str(said["at"])) + 1, None
        if "temperature" in said:
            found["temperature"] = share(HOTTEST, STEP)(str(said["temperature"])), TEMPERATURE
        if "seed" in said:
            found["seed"] = whole(0, SEEDS)(str(said["seed"])), SEED
    except (LookupError, TypeError, ValueError):
        return {}
    return found
