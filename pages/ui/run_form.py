"""The form of a new run, built from the fields of `TrainConfig`: preset, data, sizes, the rest."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import Field, fields
from typing import Any

import streamlit as st

from pages.ui.catalogue import list_models
from pages.ui.fields import (
    applies,
    field_widget,
    follow,
    in_form_words,
    label,
    named_in,
    problem_of,
)
from pages.ui.layout import notice
from pages.ui.run_choice import prepared_id, show_run
from pages.ui.run_plan import run_plan
from pages.ui.uploads import upload_box, uploaded
from trainer.commands import check_start_folder, data_hashes, with_whole_paths
from trainer.config import TrainConfig
from trainer.corpora import SHIPPED
from trainer.folder import new_id
from trainer.launch import launch
from trainer.locks import check_system
from trainer.options import command_line
from trainer.presets import PRESETS, changes, resolve, warmup_of
from transformer.config import ConfigError

MAIN = ("steps", "vocab_size", "d_model", "heads", "encoder_layers", "decoder_layers")
_FIELDS = {spec.name: spec for spec in fields(TrainConfig)}
_HERE = ("preset", "data", *MAIN)


def run_form(text: Mapping[str, str]) -> None:
    """Draw the form; a launch puts the new run into the address."""
    st.fragment(_form)(text)


def fill_form(preset: str, changed: Mapping[str, Any]) -> None:
    """Put settings into the form, for the next time that it is drawn: a preset and its changes.

    Everything that was typed for this preset before gives way.
    """
    warmup = warmup_of(preset, changed.get("steps"))
    values = {**PRESETS[preset].to_dict(), "warmup": warmup, **changed}
    st.session_state["form.preset"] = preset
    st.session_state[f"form.{preset}.followed"] = warmup
    for name, value in values.items():
        if name != "preset":
            parts = value.split(",") if name == "data" else value
            st.session_state[f"form.{preset}.{name}"] = parts


def _form(text: Mapping[str, str]) -> None:
    preset = st.segmented_control(
        "Preset",
        list(PRESETS),
        default="nano",
        required=True,
        key="form.preset",
        persist_state="session",
        help=text["preset help"],
    )
    st.caption(text[f"preset {preset}"])
    start = PRESETS[preset]
    follow(start)
    problem = problem_of(start)
    values: dict[str, Any] = {"data": _data(start, text)} if applies("data", start) else {}
    main = [name for name in MAIN if applies(name, start)]
    for place in range(0, len(main), 3):
        for column, name in zip(st.columns(3), main[place : place + 3], strict=False):
            with column:
                values[name] = field_widget(_FIELDS[name], start, problem)
    with st.container(gap="xsmall"):
        values |= _rest(start, problem)
    _launch_row(preset, changes(preset, values), text)


def _rest(start: TrainConfig, problem: str) -> dict[str, Any]:
    """All other fields, an expander for each group; a mark on one in which something is wrong."""
    values: dict[str, Any] = {}
    wrong = named_in(problem)
    for group in dict.fromkeys(spec.metadata["group"] for spec in _FIELDS.values()):
        rest = [s for s in _FIELDS.values() if s.metadata["group"] == group]
        rest = [spec for spec in rest if spec.name not in _HERE and applies(spec.name, start)]
        mark = ":material/error:" if any(spec.name in wrong for spec in rest) else None
        with st.expander(f"More: {group.lower()}", key=f"form.group.{group}", icon=mark):
            for place in range(0, len(rest), 2):  # rows, so that a phone keeps their order
                for column, spec in zip(st.columns(2), rest[place : place + 2], strict=False):
                    with column:
                        values[spec.name] = _field(spec, start, problem)
    return values


def _field(spec: Field[Any], start: TrainConfig, problem: str) -> Any:
    if spec.name == "start_from":
        return _start_from(spec, start)
    return field_widget(spec, start, problem)


def _start_from(spec: Field[Any], start: TrainConfig) -> str:
    """The models that there are, or the folder of another."""
    models = {str(info.folder): info.key for info in list_models()}
    chosen = st.selectbox(
        label(spec.name),
        ["", *models],
        format_func=lambda folder: models.get(folder, folder) or "new weights",
        accept_new_options=True,
        key=f"form.{start.preset}.{spec.name}",
        persist_state="session",
        help=f"{spec.metadata['help']} `{spec.name}`",
    )
    return (chosen or "").strip()


def _launch_row(preset: str, changed: dict[str, Any], text: Mapping[str, str]) -> None:
    config, problem = None, ""
    try:
        config = resolve(preset, changed)
    except ConfigError as error:
        problem = in_form_words(str(error))
    argv = command_line(preset, changed)
    if config is not None:
        run_plan(config, text)
    pressed = st.button(
        "Launch",
        type="primary",
        icon=":material/wb_twilight:",
        disabled=config is None,
        key="form.launch",
    )
    if config is None:
        notice(problem, "warning")
    elif pressed:
        _launch(config, argv)
    st.caption(text["command"])
    st.code(shlex.join(argv), language="bash", wrap_lines=True)


def _launch(config: TrainConfig, argv: list[str]) -> None:
    try:
        check_system()
        with st.spinner("Reading the training text …"):
            config = with_whole_paths(config)
            check_start_folder(config)
            data = data_hashes(config)
        values = config.to_dict()
        run = launch(values, argv, run_id=prepared_id(lambda: new_id(values)), data=data)
    except ValueError as error:  # every error of ours is one, with a sentence for a person
        notice(str(error), "warning")
        return
    show_run(run.id)
    st.rerun()


def _data(start: TrainConfig, text: Mapping[str, str]) -> str:
    """The corpora, chosen or typed, and a file of one's own."""
    own = uploaded()
    key = f"form.{start.preset}.data"
    default = start.data.split(",")
    chosen = st.multiselect(
        label("data"),
        [*SHIPPED, *own],
        default=default,
        format_func=lambda name: own.get(name, name),
        accept_new_options=True,
        select_all=False,
        key=key,
        persist_state="session",
        help=text["data help"],
        placeholder="Choose a corpus, or type a path or hf:owner/name",
    )
    upload_box(text, key)
    return ",".join(chosen)
