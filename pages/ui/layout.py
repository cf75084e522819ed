"""What every page shares: the frame with its menu, the head of a page, notices, provenance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

import streamlit as st

from pages.ui import navigation
from pages.ui.catalogue import ModelInfo, list_models
from pages.ui.pieces import straight
from pages.ui.prose import escape_markdown, prose
from pages.ui.sentence import sentence_box
from pages.ui.state import Look, notices, read_look, write_look

__all__ = [
    "escape_markdown",
    "frame",
    "notice",
    "page_header",
    "prose",
    "provenance",
    "sentence_box",
]

_STYLE = Path(__file__).resolve().parents[2] / "assets" / "style.css"
_ICONS = {"info": "lightbulb", "warning": "error", "error": "block"}


def frame() -> None:
    """The sidebar with the menu, and Dawn's style sheet; once per run, from app.py."""
    st.html(f"<style>{_style()}</style>")
    with st.sidebar:
        with st.container(key="dawn-mark"):
            st.markdown("Dawn")
        navigation.menu()
        _model_choice()


def _model_choice() -> None:
    infos = {info.key: info for info in list_models()}
    if len(infos) < 2:
        return
    model = read_look(list(infos)).model
    st.session_state["model-choice"] = model
    with st.container(key="dawn-model"):
        st.selectbox(
            "Model",
            list(infos),
            format_func=_labels(infos).__getitem__,
            key="model-choice",
            on_change=_choose_model,
        )


def _labels(infos: Mapping[str, ModelInfo]) -> dict[str, str]:
    """The titles by key, after the key where two share a title: the browser answers with a label,
    so of two alike the last would be taken for the first. Long ones are cut at their end."""
    counts = Counter(info.title for info in infos.values())
    return {
        key: info.title if counts[info.title] == 1 else f"{key} ({info.title})"
        for key, info in infos.items()
    }


def _choose_model() -> None:
    write_look(model=st.session_state["model-choice"], step=None)


def page_header(title: str, lead: str) -> None:
    """The head of a page: its title and a lead of one or two sentences.

    The lead is Markdown of our own, never a person's. Below it stand the notices of the
    look, so call it after `read_look`.
    """
    st.title(title, anchor=False)
    with st.container(key="dawn-lead"):
        st.markdown(lead)
    told = notices()
    if len(told) == 1:
        notice(told[0])
    elif told:
        notice("Some of what this link asks for is not here:", points=told)


def notice(
    text: str, kind: Literal["info", "warning", "error"] = "info", points: Sequence[str] = ()
) -> None:
    """One clear sentence that says what to do, or that opens a list of points. Plain text, shown
    exactly as it is."""
    show = {"info": st.info, "warning": st.warning, "error": st.error}[kind]
    items = "".join(f"\n- {escape_markdown(point)}" for point in points)
    show(escape_markdown(text) + items, icon=f":material/{_ICONS[kind]}:")


def provenance(
    look: Look,
    info: ModelInfo,
    tensor: str | None = None,
    dims: str | None = None,
    shape: Sequence[int] | None = None,
) -> None:
    """The line below a picture that says which numbers it drew.

    tensor is a tap's name, dims its letters and shape their sizes: "b h t s = 1 × 4 × 7 × 9".
    """
    step = info.step if look.step is None else look.step
    model = escape_markdown(look.model)
    parts = [model if step is None else f"{model} · step {step:,}"]
    if look.src.strip():
        parts.append(f"“{escape_markdown(_short(straight(look.src)))}”")
    if tensor:
        parts.append(f"`{tensor}`")
    if dims:
        sizes = f" = {' × '.join(str(n) for n in shape)}" if shape else ""
        parts.append(f"`{dims}{sizes}`")
    st.caption(" · ".join(parts))


def _short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


@lru_cache(maxsize=1)
def _style() -> str:
    return _STYLE.read_text("utf-8")
