"""One field of `TrainConfig` as a widget: its default, its range and its help come with it."""

from __future__ import annotations

import math
import re
from dataclasses import Field, fields
from typing import Any

import streamlit as st

from pages.ui.prose import escape_markdown
from trainer.config import TrainConfig
from trainer.engine_settings import ENGINES, ENGINES_OF
from trainer.presets import resolve, warmup_of
from trainer.task_settings import TASKS, TASKS_OF
from transformer.config import ConfigError

_NAMES = {
    "data": "Training text",
    "d_model": "d_model",
    "d_ff": "d_ff",
    "ema": "EMA",
    "graphs": "CUDA graphs",
    "bleu_pairs": "BLEU pairs",
    "processes": "Processes on each machine",
    "nodes": "Machines",
    "parallel": "Parallelism",
    "partition": "SLURM partition",
    "minutes": "Minutes at most",
    "sbatch": "More for sbatch",
    "eyes": "What sees",
    "groups": "Groups of channels",
    "projection": "From patch to vector",
}


def follow(start: TrainConfig) -> None:
    """Settings that another one leaves no choice about are set before they are drawn.

    So is a warm-up that nobody has typed: `resolve` makes it follow the steps.
    """
    key = f"form.{start.preset}."
    for name in (*ENGINES_OF, *TASKS_OF):
        if name != "data" and not applies(name, start):
            st.session_state[f"{key}{name}"] = getattr(start, name)
    words = st.session_state.get(f"{key}tokenizer", start.tokenizer) == "words"
    if words and not st.session_state.get(f"{key}tokenizer_file"):
        st.session_state[f"{key}tie_embeddings"] = False  # two vocabularies share no matrix
    steps = st.session_state.get(f"{key}steps")
    before = st.session_state.get(f"{key}followed", start.warmup)
    if st.session_state.get(f"{key}warmup", before) in (before, None):
        now = warmup_of(start.preset, start.steps if steps is None else steps)
        st.session_state[f"{key}followed"] = st.session_state[f"{key}warmup"] = now


def applies(name: str, start: TrainConfig) -> bool:
    """Whether the engine and the task that stand in the form of a preset know a setting."""
    engine, task = (
        st.session_state.get(f"form.{start.preset}.{name}", getattr(start, name))
        for name in ("engine", "task")
    )
    return engine in ENGINES_OF.get(name, ENGINES) and task in TASKS_OF.get(name, TASKS)


def problem_of(start: TrainConfig) -> str:
    """Why what stands in the form of a preset makes no run, in one sentence; empty where it does.

    The settings that the sentence names can be marked before their widgets are drawn.
    """
    keys = {spec.name: f"form.{start.preset}.{spec.name}" for spec in fields(TrainConfig)}
    typed = {name: st.session_state[key] for name, key in keys.items() if key in st.session_state}
    if isinstance(typed.get("data"), list):
        typed["data"] = ",".join(typed["data"])
    known = {name: value for name, value in typed.items() if value is not None}
    try:
        resolve(start.preset, known)
    except ConfigError as error:
        return str(error)
    return ""


def named_in(problem: str) -> list[str]:
    """The settings that a sentence about a config names, in its order."""
    known = {spec.name for spec in fields(TrainConfig)}
    return [word for word in dict.fromkeys(re.findall(r"\w+", problem)) if word in known]


def field_widget(spec: Field[Any], start: TrainConfig, problem: str = "") -> Any:
    """The widget of one field; what was typed stays for the session, for each preset apart.

    A `problem` that names the field stands below it.
    """
    value = _widget(spec, start)
    if spec.name in named_in(problem):
        st.caption(f":red[:material/error: {escape_markdown(in_form_words(problem))}]")
    return value


def _widget(spec: Field[Any], start: TrainConfig) -> Any:
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
