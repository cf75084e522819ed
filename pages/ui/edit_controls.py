"""What a person can change in the what-if panel: heads, source pieces, rows; undo and reset."""

from __future__ import annotations

import streamlit as st

from pages.ui.ablated import heldout_losses, sentence_losses
from pages.ui.catalogue import ModelInfo
from pages.ui.components import AXES
from pages.ui.edit_views import Measure, ablation_view, row_view
from pages.ui.edited import heads_off, in_words, with_hidden, with_how, with_swap, without_last
from pages.ui.layout import escape_markdown, prose
from pages.ui.models import tokenize
from pages.ui.pieces import readable
from pages.ui.results import KINDS, Explained, Translation
from pages.ui.script import effect_script
from pages.ui.state import Look, change_edits, current_query
from pages.ui.subject import what
from transformer.analysis.edits import Hide, Swap, parse_edits

HOW = {"zero": "Zero", "mean": "Mean"}
_HOW, _HIDE, _PLACE, _TEXT = "edit.how", "edit.hide", "edit.place", "edit.text"


def switches(look: Look, info: ModelInfo, own: Translation) -> None:
    """Every head as a switch, coloured by what the model's own translation loses without it."""
    from transformer.tokenizer import EOS, SOS

    text = prose("attention-edit")
    off = heads_off(look.edits, info.heads)
    if len(used := set(off.values())) == 1:
        st.session_state[_HOW] = used.pop()
    st.session_state.setdefault(_HOW, "zero")
    st.segmented_control(
        "In the place of a head",
        list(HOW),
        format_func=HOW.__getitem__,
        key=_HOW,
        help=text["how help"],
        on_change=_change_how,
        required=True,
    )
    losses = sentence_losses(info, look.src, own.ids, own.finished)
    measures: list[Measure] = [("This sentence", "the model's own translation", "nats", losses)]
    if heldout := heldout_losses(info):
        told, table = heldout
        measures.append(("Held-out text", f"the translation of {told}", "nats a piece", table))
    ablation_view(
        measures=measures,
        off=off,
        hint=text["hint"],
        provenance=f"{what(info, look.src)} · {text['table']}",
        how=st.session_state[_HOW],
        heads=info.heads,
        script=effect_script(info, look.src, [SOS, *own.ids, *[EOS] * own.finished]),
        key="edit.heads",
    )


def _change_how() -> None:
    change_edits(lambda edits: with_how(edits, st.session_state[_HOW]))


def source_pieces(look: Look, info: ModelInfo) -> None:
    """Hide pieces of the source, or replace one."""
    text = prose("attention-edit")
    labels = [readable(label) for label in (*tokenize(info, look.src).labels, "[EOS]")]
    edits = parse_edits(look.edits)[0]
    named = {place: escape_markdown(f"{place} {label}") for place, label in enumerate(labels, 1)}
    st.session_state[_HIDE] = [edit.place for edit in edits if isinstance(edit, Hide)]
    st.pills(
        text["hide"],
        list(named),
        selection_mode="multi",
        format_func=named.__getitem__,
        key=_HIDE,
        help=text["hide help"],
        on_change=_hide,
        args=(len(labels),),
        wrap=True,
    )
    which, what = st.columns(2)
    if st.session_state.get(_PLACE) not in range(1, len(labels)):
        st.session_state[_PLACE] = 1
    with which:
        place = st.selectbox(
            "Replace a piece",
            range(1, len(labels)),
            format_func=lambda n: f"{n} {labels[n - 1]}",
            key=_PLACE,
        )
    swaps = {edit.place: edit.text for edit in edits if isinstance(edit, Swap)}
    st.session_state[_TEXT] = swaps.get(place, "")
    with what:
        st.text_input("with", key=_TEXT, max_chars=100, placeholder=text["swap"], on_change=_swap)


def _hide(count: int) -> None:
    change_edits(lambda edits: with_hidden(edits, st.session_state[_HIDE], count))


def _swap() -> None:
    change_edits(lambda edits: with_swap(edits, st.session_state[_PLACE], st.session_state[_TEXT]))


def in_force(look: Look, info: ModelInfo) -> None:
    """The edits in words, with undo and reset."""
    text = prose("attention-edit")
    if look.edits:
        told = in_words(info, look.src, look.edits)
        st.markdown("\n".join(f"- {escape_markdown(one)}" for one in told))
    else:
        st.markdown(text["none"])
    if "edits" not in current_query():  # those that do not fit are to be taken back too
        return
    with st.container(horizontal=True):
        st.button(
            "Undo",
            icon=":material/undo:",
            key="edit.undo",
            on_click=change_edits,
            args=[without_last],
        )
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            key="edit.reset",
            on_click=change_edits,
            args=[_nothing],
        )


def _nothing(_edits: str) -> str:
    return ""


def surgery(look: Look, info: ModelInfo, explained: Explained) -> None:
    """The rows of the head that is chosen above, as bars to drag."""
    name = f"{KINDS[look.kind].format(layer=look.layer_index)}.weights"
    pieces = {"src": explained.src_pieces, "tgt": explained.tgt_pieces}
    rows, columns = (pieces[axis] for axis in AXES[look.kind])
    row_view(
        weights=explained.tensors[name][0, look.head_index],
        rows=rows,
        columns=columns,
        caption=prose("attention-edit")["rows"],
        provenance=what(info, look.src),
        tensor=name,
        dims=explained.dims[name],
        look=look,
        key="edit.row",
    )
