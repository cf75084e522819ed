"""What a page of the model is about: the look inside its model's limits, and the target."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo, OneStreamInfo, list_models
from pages.ui.heads_view import Beside, attention_view
from pages.ui.navigation import refresh_links
from pages.ui.pieces import straight
from pages.ui.results import Translation
from pages.ui.state import MAX_CHARS, Look, read_look, write_look

SHORT = 60  # characters of a sentence in a line below a picture
HEADS = "attention"  # the key of the view of all heads
_TARGET = "subject.target"
_STYLE = """<style>
.dawn-said { font-size: 0.875rem; }
.dawn-said span { font-weight: 600; }
.dawn-said p {
  margin: 0.4rem 0 0.3rem; overflow-wrap: anywhere;
  font: 400 1.5rem/1.35 Newsreader, Georgia, serif;
}
.dawn-said small { opacity: 0.7; font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
@media (max-width: 640px) { .dawn-said p { font-size: 1.25rem; } }
</style>"""


def fitted_look() -> Look:
    """The look with its layer and head inside what its model has; `notices()` says what was not."""
    models = {info.key: info for info in list_models()}
    look = read_look(list(models))
    info = models.get(look.model)
    return read_look(list(models), info.layers[look.kind], info.heads) if info else look


def what(info: ModelInfo | OneStreamInfo, src: str) -> str:
    """Model, step and sentence in one line of plain text: what a picture is a picture of."""
    text = straight(src.strip())
    short = text if len(text) <= SHORT else f"{text[: SHORT - 1].rstrip()}…"
    return f"{info.stand} · “{short}”" if text else info.stand


def said(label: str, text: str, note: str = "") -> None:
    """A sentence of the model in large type, shown exactly as it is; a note below it."""
    parts = (f"<span>{html.escape(label)}</span>", f'<p dir="auto">{html.escape(text) or "–"}</p>')
    small = f"<small>{html.escape(note)}</small>" if note else ""
    st.html(f'{_STYLE}<div class="dawn-said">{"".join(parts)}{small}</div>')


def every_head(
    look: Look,
    src_pieces: list[str],
    tgt_pieces: list[str],
    attention: dict[str, np.ndarray],
    provenance: str,
    beside: Beside | None = None,
) -> None:
    """The attention view on these weights, with what is told beside them; a head that the person
    chooses becomes the look's."""
    choice = attention_view(
        src_pieces=src_pieces,
        tgt_pieces=tgt_pieces,
        arrays=attention,
        provenance=provenance,
        choice={"kind": look.kind, "layer": look.layer, "head": look.head},
        key=HEADS,
        beside=beside,
    )
    if choice:
        write_look(**choice)
        refresh_links()


def target_box(look: Look, label: str, help: str) -> None:
    """A field for another target than the model's own; empty is the model's own. Committed by Enter
    or by leaving it."""
    if st.session_state.get(_TARGET) != (look.tgt or ""):
        st.session_state[_TARGET] = look.tgt or ""
    st.text_input(
        label,
        key=_TARGET,
        help=help,
        max_chars=MAX_CHARS,
        placeholder="Empty: the model's own",
        on_change=_commit_target,
    )


def _commit_target() -> None:
    write_look(tgt=st.session_state[_TARGET].strip() or None)


def ending(translation: Translation) -> str:
    """What to know of how a translation ended, in one sentence; empty where it ended well."""
    count = len(translation.ids)
    if not translation.finished:
        return (
            f"Unfinished: after {count} pieces the model had not written [EOS], "
            "the piece that ends a sentence."
        )
    return "" if translation.text.strip() else "The model ended at once: it wrote nothing."
