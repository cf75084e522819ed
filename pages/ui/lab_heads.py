"""The heads that look at positions, and one of them before and after."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from pages.ui.catalogue import ModelInfo
from pages.ui.components import AXES
from pages.ui.edit_result import head_name
from pages.ui.pieces import readable
from pages.ui.results import Explained
from pages.ui.roles import roles_of
from pages.ui.state import Look, write_look
from pages.ui.take_away import camera
from transformer.analysis.neighbours import neighbour_shares

Head = tuple[str, int, int]
"""Kind, layer and head, counted from 1."""

PLACES = ("previous", "next", "first", "last", "position")
MOST = 8
_HEAD = "lab.head"


def looking(info: ModelInfo, explained: Explained) -> dict[Head, str]:
    """Heads that look at places, those that do most first, and in words how much.

    They are those with such a role; in a model whose roles were not measured, those that look at a
    neighbour most in this sentence.
    """
    roles = roles_of(info.folder)
    ranked = _with_role(roles) if roles else []
    return dict((ranked or _with_neighbour(explained.attention()))[:MOST])


def _with_role(roles: Mapping[str, list[list[dict[str, float | str]]]]) -> list[tuple[Head, str]]:
    found = []
    for kind in AXES:
        for layer, row in enumerate(roles[kind], 1):
            for head, role in enumerate(row, 1):
                name, score = str(role["name"]), float(role["score"])
                if name.startswith(PLACES):
                    found.append(((kind, layer, head), f"{name}, {score:.0%}", score))
    return [(head, words) for head, words, _ in sorted(found, key=lambda item: -item[2])]


def _with_neighbour(attention: Mapping[str, np.ndarray]) -> list[tuple[Head, str]]:
    found = []
    for kind in ("encoder", "decoder"):
        for name, shares in neighbour_shares(attention[kind]).items():
            for (layer, head), share in np.ndenumerate(shares):
                where = (kind, layer + 1, head + 1)
                found.append((where, f"{name}, {share:.0%} here", float(share)))
    seen: dict[Head, str] = {}
    for where, words, _ in sorted(found, key=lambda item: -item[2]):
        seen.setdefault(where, words)
    return list(seen.items())


def chosen_head(look: Look, heads: Mapping[Head, str], label: str) -> Head:
    """The head of the look where it is one of these, else the first; another becomes the look's."""
    own = (look.kind, look.layer, look.head)
    st.session_state[_HEAD] = own if own in heads else next(iter(heads))
    chosen: Head = st.selectbox(
        label,
        list(heads),
        format_func=lambda head: f"{head_name(*head)}: {heads[head]}",
        key=_HEAD,
        on_change=_commit,
        width=420,
    )
    return chosen


def _commit() -> None:
    kind, layer, head = st.session_state[_HEAD]
    write_look(kind=kind, layer=layer, head=head)


def side_by_side(head: Head, plain: Explained, edited: Explained) -> None:
    """The weights of a head in two passes over the same pieces."""
    from pages.figures.weights import weights  # plotly comes after the first paint

    pieces = {"src": plain.src_pieces, "tgt": plain.tgt_pieces}
    rows, columns = ([readable(p) for p in pieces[axis]] for axis in AXES[head[0]])
    for column, (name, run) in zip(
        st.columns(2, gap="medium"), (("as it is", plain), ("edited", edited)), strict=True
    ):
        with column:
            st.caption(name)
            figure = weights(weights_of(run, head), rows, columns, head[0])
            config = camera(f"attention-{name.replace(' ', '-')}")
            st.plotly_chart(figure, theme=None, key=f"lab.{name}", config=config)


def weights_of(run: Explained, head: Head) -> np.ndarray:
    """The weights (rows, columns) of a head."""
    kind, layer, number = head
    return run.attention()[kind][layer - 1, number - 1]
