"""One head against eight: two models that were trained alike, on the same sentence."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui.catalogue import ModelInfo, list_models
from pages.ui.errors import plain_errors
from pages.ui.heads_view import Beside, attention_view
from pages.ui.held_out import scores
from pages.ui.kept import Kept, whole
from pages.ui.models import explain, translate
from pages.ui.navigation import STOPS, page_link, refresh_links
from pages.ui.roles import roles_of
from pages.ui.state import Look, write_look
from pages.ui.subject import ending, said, what

PAIR = ("nano-heads-1", "nano-heads-8")
"""The bundles that are compared, and their runs on the training page."""
EARLIER = ("nano-one-head", "nano-usual")
"""Runs of one head and of four on another text, without bundles."""


def pair() -> list[ModelInfo]:
    """The two models, where both are here, else none."""
    known = {info.key: info for info in list_models()}
    found = [known[key] for key in PAIR if key in known]
    return found if len(found) == len(PAIR) else []


def head_pair(look: Look, infos: list[ModelInfo], text: Mapping[str, str]) -> None:
    """Both models on the look's sentence, their scores, and the way to how they learned."""
    one, many = infos
    st.markdown(
        text["trained-lead"].format(
            width=one.d_model, heads=many.heads, d_k=many.d_model // many.heads
        )
    )
    st.table(score_rows(infos, text["measure"]))
    losses = [scores(info.folder)["val/nll"] for info in infos]
    st.markdown(text["found"].format(worse=f"{abs(losses[0] - losses[1]):.3f}"))
    training = next(stop for stop in STOPS if stop.url == "training")
    with st.container(horizontal=True):
        page_link(training, text["learning"], runs=",".join(PAIR))
        page_link(training, text["learning-help"], runs=",".join(EARLIER))
    for info in infos:
        name = text["one" if info is one else "many"].format(heads=info.heads)
        with plain_errors(stop=False):
            _maps(look, info, name)


def score_rows(infos: list[ModelInfo], measure: str) -> dict[str, list[str]]:
    """A row a model: what its metrics tell of the text held out."""
    found = [scores(info.folder) for info in infos]
    return {
        measure: [_heads(info) for info in infos],
        "NLL, nats a token": [f"{one['val/nll']:.3f}" for one in found],
        "bits a character": [f"{one['val/bits_per_character']:.3f}" for one in found],
        "BLEU": [f"{one['val/bleu']:.1f}" for one in found],
        "chrF": [f"{one['val/chrf']:.1f}" for one in found],
    }


def _heads(info: ModelInfo) -> str:
    return f"{info.heads} head{'s' * (info.heads > 1)} of {info.d_model // info.heads}"


def _maps(look: Look, info: ModelInfo, name: str) -> None:
    """A model's translation and every head of it; kind and layer are the look's, the head is kept
    beside it, for the model of the look may have fewer."""
    kept = Kept("channels")
    own = translate(info, look.src)[0]
    explained = explain(info, look.src, own.ids)
    said(name, own.text, ending(own))
    choice = attention_view(
        src_pieces=explained.src_pieces,
        tgt_pieces=explained.tgt_pieces,
        arrays=explained.attention(),
        provenance=what(info, look.src),
        choice={
            "kind": look.kind,
            "layer": min(look.layer, info.layers[look.kind]),
            "head": min(kept.read("head", 1, whole(1, 99)), info.heads),
        },
        key=f"channels.{info.key}",
        beside=Beside(norms=explained.norms(), roles=roles_of(info.folder)),
        address=f"maps{info.heads}",
    )
    if choice:
        head = kept.changed(head=(choice["head"], 1)) if info.heads > 1 else {}
        write_look(kind=choice["kind"], layer=choice["layer"], **head)
        refresh_links()
