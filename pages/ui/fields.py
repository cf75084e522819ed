"""One field of `TrainConfig` as a widget: its default, its range and its help come with it."""

from __future__ import annotations

import math
from dataclasses import Field
from typing import Any

import streamlit as st

from trainer.config import TrainConfig

_NAMES = {
    "data": "Training text",
    "d_model": "d_model",
    "d_ff": "d_ff",
    "ema": "EMA",
    "bleu_pairs": "BLEU pairs",
}


def field_widget(spec: Field[Any], start: TrainConfig) -> Any:
    """The widget of one field; what was typed stays for the session, for each preset apart."""
    name, about, value = spec.name, spec.metadata, getattr(start, spec.name)
    common: dict[str, Any] = {
        "label": label(name),
        "key": f"form.{start.preset}.{name}",
        "persist_state": "session",
        "help": f"{about['help']} {_range(spec)} `{name}`",
    }
    if about["choices"]:
        choices = list(about["choices"])
        return st.selectbox(options=choices, index=choices.index(value), **common)
    if spec.type is bool:
        return st.toggle(value=value, **common)
    if spec.type is str:
        return st.text_input(value=value, **common).strip()
    low, high = about["min"], about["max"]
    if spec.type is int:
        step = 1 if value < 50 else 10 ** (len(str(value)) - 2)
        number = st.number_input(
            min_value=int(low), max_value=int(high), value=value, step=step, **common
        )
        return value if number is None else int(number)
    number = st.number_input(
        min_value=float(low),
        max_value=float(high),
        value=float(value),
        step=_fine(float(value)),
        format="%g",
        **common,
    )
    return value if number is None else float(number)


def _fine(value: float) -> float:
    """A step of a tenth of a number's first digit."""
    return float(10.0 ** (math.floor(math.log10(value)) - 1)) if value else 0.01


def label(name: str) -> str:
    """A field's name for a person; the paper's symbols stay as they are."""
    return _NAMES.get(name) or name.replace("_", " ").capitalize()


def in_form_words(problem: str) -> str:
    """A sentence about a config with the field that it begins with as the form labels it."""
    name, space, rest = problem.partition(" ")
    return f"{label(name)}{space}{rest}" if name in TrainConfig.__dataclass_fields__ else problem


def _range(spec: Field[Any]) -> str:
    about = spec.metadata
    if about["choices"]:
        return f"One of {', '.join(map(str, about['choices']))}."
    if about["min"] is None:
        return ""
    return f"From {about['min']:,} to {about['max']:,}."
