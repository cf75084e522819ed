"""The heads of three machines on one sentence; the layer and head on show are one for all."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui.catalogue import ModelInfo, find_model
from pages.ui.heads_view import Beside, attention_view
from pages.ui.layout import notice
from pages.ui.machine_columns import Column
from pages.ui.machines import Reading
from pages.ui.models import explain, translate
from pages.ui.navigation import refresh_links
from pages.ui.roles import roles_of
from pages.ui.script import script_of
from pages.ui.state import Look, write_look
from pages.ui.subject import what


def all_heads(look: Look, columns: Mapping[str, Column], text: Mapping[str, str]) -> None:
    """The three beside each other; below each other on a narrow screen."""
    st.markdown(text["heads-lead"].format(layer=look.layer, head=look.head))
    for place, (name, column) in zip(st.columns(3, gap="medium"), columns.items(), strict=True):
        with place:
            st.markdown(f"**{text[name]}**")
            if column.sorry:
                notice(column.sorry)
            elif column.reading:
                machine_heads(name, look, column.reading, column.stand, text)
            else:
                two_heads(look, find_model(look.model))


def machine_heads(
    name: str, look: Look, reading: Reading, provenance: str, text: Mapping[str, str]
) -> None:
    """Every head of an encoder-only ("encoder") or decoder-only ("decoder") model."""
    layers, heads = reading.attention.shape[:2]
    choice = attention_view(
        src_pieces=reading.labels,
        tgt_pieces=reading.labels,
        arrays={name: reading.attention},
        provenance=provenance,
        choice={"kind": name, "layer": min(look.layer, layers), "head": min(look.head, heads)},
        key=f"machines.heads.{name}",
        beside=Beside(
            norms={name: reading.norms}, captions={name: text[f"{name} heads"].replace("`", "")}
        ),
        address=f"{name}heads",
    )
    if choice:
        _chosen(layer=choice["layer"], head=choice["head"])


def two_heads(look: Look, info: ModelInfo) -> None:
    """Every head of the look's own model; which of its three kinds is the look's as well.

    Raises `LookError` for a text that is blank or too long."""
    own = translate(info, look.src)[0]
    explained = explain(info, look.src, own.ids)
    choice = attention_view(
        src_pieces=explained.src_pieces,
        tgt_pieces=explained.tgt_pieces,
        arrays=explained.attention(),
        provenance=what(info, look.src),
        choice={
            "kind": look.kind,
            "layer": min(look.layer, info.layers[look.kind]),
            "head": min(look.head, info.heads),
        },
        key="machines.heads.two",
        beside=Beside(
            norms=explained.norms(),
            roles=roles_of(info.folder),
            script=script_of(info, look.src, explained.tgt_ids),
        ),
        address="twoheads",
    )
    if choice:
        _chosen(**choice)


def _chosen(**choice: str | int) -> None:
    write_look(**choice)
    refresh_links()
