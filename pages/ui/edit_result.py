"""Before and after an edit, drawn as text: words, next pieces, and the heads that moved."""

from __future__ import annotations

import html
from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np
import streamlit as st

from pages.ui.outcome import nats
from pages.ui.pieces import EOS, readable
from pages.ui.results import Translation

KIND_NAMES = {"encoder": "Encoder self", "decoder": "Decoder self", "cross": "Cross"}
Words = list[tuple[str, bool]]
"""The words of a sentence, and whether the other one has not got them there."""


def word_changes(before: str, after: str) -> tuple[Words, Words]:
    """The words of two sentences, marked where one has what the other has not."""
    old, new = before.split(), after.split()
    left = [(word, True) for word in old]
    right = [(word, True) for word in new]
    for start, other, size in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        for step in range(size):
            left[start + step] = (old[start + step], False)
            right[other + step] = (new[other + step], False)
    return left, right


def translations(
    before: str,
    after: str,
    notes: tuple[str, str],
    names: tuple[str, str] = ("as it is", "edited"),
) -> None:
    """Both translations, one below the other, its name above and a note below each; what differs is
    struck through in the first and underlined in the second."""
    old, new = word_changes(before, after)
    _draw(_said(names[0], old, "del", notes[0]) + _said(names[1], new, "ins", notes[1]))


def sentences(*said: tuple[str, str, str]) -> None:
    """Sentences one below the other, each with its name above and a note below."""
    _draw("".join(_said(name, [(text, False)], "ins", note) for name, text, note in said))


def whole(found: Translation) -> list[int]:
    """The ids of a translation, with the [EOS] that ended it."""
    return [*found.ids, EOS] if found.finished else found.ids


def note(found: Translation) -> str:
    """How likely a translation was, for the line below it."""
    end = "" if found.finished else ", unfinished"
    return f"log P {nats(found.log_prob)} nats, the sum over {len(whole(found))} pieces{end}"


def _said(label: str, words: Words, tag: str, note: str) -> str:
    small = f"<small>{html.escape(note)}</small>"
    return f'<div class="said"><small>{label}</small>{_sentence(words, tag)}{small}</div>'


def _sentence(words: Words, tag: str) -> str:
    parts = (
        f"<{tag}>{html.escape(w)}</{tag}>" if changed else html.escape(w) for w, changed in words
    )
    return f'<p dir="auto">{" ".join(parts) or "–"}</p>'


def next_pieces(
    title: str,
    labels: Sequence[str],
    before: np.ndarray,
    after: np.ndarray,
    written: tuple[int, int],
) -> None:
    """Probabilities (K,) of some pieces before and after; written are the places of the piece that
    each model writes, shown in bold."""
    rows = "".join(
        f"<tr><th scope=row>{html.escape(readable(label))}</th>"
        f"{_share(before[place], 'before', place == written[0])}"
        f"{_share(after[place], 'after', place == written[1])}</tr>"
        for place, label in enumerate(labels)
    )
    head = "<thead><tr><th>piece</th><th>as it is</th><th>edited</th></tr></thead>"
    _draw(f"<h4>{html.escape(title)}</h4><table>{head}<tbody>{rows}</tbody></table>")


def _share(share: float, side: str, bold: bool) -> str:
    return _bar(side + " written" * bold, float(share), percent(float(share)))


def _bar(name: str, share: float, words: str) -> str:
    return f'<td class="{name}"><i style="--w:{share:.1%}"></i>{words}</td>'


def percent(share: float) -> str:
    """A probability that is never rounded to what it is not."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    if 0.999 < share < 1:
        return "> 99.9 %"
    return f"{100 * share:.1f} %"


def word_losses(title: str, words: Sequence[str], before: np.ndarray, after: np.ndarray) -> None:
    """The loss of each word in nats (W,) before and after, beside bars on one scale."""
    largest = float(np.nanmax([before, after], initial=0.0)) or 1.0
    rows = "".join(
        f'<tr><th scope=row dir="auto">{html.escape(word)}</th>'
        f"{_bar('before', was / largest, f'{was:.2f}')}"
        f"{_bar('after', now / largest, f'{now:.2f}')}</tr>"
        for word, was, now in zip(words, before, after, strict=True)
    )
    head = "<thead><tr><th>word</th><th>as it is</th><th>edited</th></tr></thead>"
    _draw(f"<h4>{html.escape(title)}</h4><table>{head}<tbody>{rows}</tbody></table>")


def head_name(kind: str, layer: int, head: int) -> str:
    """A head as lists name it, counted from 1: "Encoder self 2.1"."""
    return f"{KIND_NAMES[kind]} {layer}.{head}"


def moved_heads(title: str, moved: Sequence[tuple[str, float]]) -> None:
    """Heads by name, and how far their weights moved in bits, 0 to 1."""
    largest = max((bits for _, bits in moved), default=0.0) or 1.0
    rows = "".join(
        f"<tr><th scope=row>{html.escape(name)}</th>"
        f"{_bar('after', bits / largest, f'{bits:.3f} bits')}</tr>"
        for name, bits in moved
    )
    _draw(f"<h4>{html.escape(title)}</h4><table><tbody>{rows}</tbody></table>")


def _draw(body: str) -> None:
    st.html(f'<div class="dawn-what">{body}</div>')
