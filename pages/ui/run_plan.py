"""Before the launch: how large the model is, what it will read, how its rate goes, how long."""

from __future__ import annotations

import html
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from pages.figures.plan import rate_curve
from pages.ui import measuring
from pages.ui.corpus_look import corpus_look
from pages.ui.dialogs import draw_anew
from pages.ui.layout import notice
from pages.ui.run_head import duration
from pages.ui.theme import DECODER, ENCODER, MUTED
from trainer.config import TrainConfig
from trainer.folder import RunError, runs_folder
from trainer.line import device_lock, device_of
from trainer.locks import is_locked
from trainer.plan import disk_needed, parameters_by_part, rates, tokens_per_update
from trainer.task_settings import TEXT

_PLAIN = {"displayModeBar": False}
_MIB, _GIB = 1 << 20, 1 << 30
_HUES = {"encoder": ENCODER, "decoder": DECODER}


def run_plan(config: TrainConfig, text: Mapping[str, str]) -> None:
    """Draw it for settings that make sense."""
    st.subheader("What it will be", anchor=False)
    parts = _parts(config)
    facts, curve = st.columns([1.35, 1], gap="large")
    with facts:
        st.html(_facts(config, parts))
    with curve:
        st.caption("Learning rate")
        st.plotly_chart(rate_curve(*rates(config)), theme=None, key="plan.rate", config=_PLAIN)
    _measurement(config, text)
    if config.task in TEXT:
        corpus_look(config, text)


def _parts(config: TrainConfig) -> dict[str, int]:
    """Numbers learned, by part of the model."""
    if config.task == "translate":
        return parameters_by_part(config.model_config(config.vocab_size, config.vocab_size))
    from trainer.tasks.sizes import numbers_by_part

    return numbers_by_part(config)


def _facts(config: TrainConfig, parts: Mapping[str, int]) -> str:
    total = sum(parts.values())
    needed, free = disk_needed(config, total), _free()
    read = tokens_per_update(config)
    pieces = f"with {config.vocab_size:,} pieces, or fewer" if config.task in TEXT else ""
    facts = (
        ("Parameters", f"{total / 1e6:.2f} M", pieces),
        ("Tokens an update", f"{read:,}", f"at most {read * config.steps / 1e6:,.1f} M in all"),
        ("Disk", size(needed), f"{size(free)} free" if free is not None else ""),
    )
    tiles = "".join(
        f"<div><dt>{name}</dt><dd>{value}<small>{note}</small></dd></div>"
        for name, value, note in facts
    )
    hues = {name: _HUES.get(name, MUTED) for name in parts}
    bars = "".join(
        f'<i style="flex-grow:{count};background:{hues[name]}" title="{name}: {count:,}"></i>'
        for name, count in parts.items()
    )
    keys = "".join(
        f'<span><i style="background:{hues[name]}"></i>{name} {count:,}</span>'
        for name, count in parts.items()
    )
    return (
        f'<div class="run-head plan"><dl>{tiles}</dl><div class="plan-parts">{bars}</div>'
        f'<p class="plan-keys">{keys}</p></div>'
    )


def _measurement(config: TrainConfig, text: Mapping[str, str]) -> None:
    """A button, then a bar, then what was measured."""
    seconds = measuring.seconds_so_far(config)
    told = measuring.measured(config)
    if seconds is not None:
        _follow(config)
        return
    if isinstance(told, dict):
        st.html(f'<p class="plan-time">{html.escape(measured_words(config, told))}</p>')
    elif told:
        notice(f"The measurement failed: {told}", "warning")
    again = "Measure again" if told else "How long will it take? Measure for five seconds"
    if st.button(again, icon=":material/timer:", key="plan.measure", help=text["measure help"]):
        try:
            measuring.start(config)
        except (OSError, RunError) as error:
            notice(str(error), "warning")
            return
        st.rerun(scope="fragment")
    device = device_of(config.to_dict())
    if device and is_locked(device_lock(runs_folder(), device)):
        st.caption(text["measure busy"])


@st.fragment(run_every="0.5s")
def _follow(config: TrainConfig) -> None:
    seconds = measuring.seconds_so_far(config)
    if seconds is None:
        draw_anew()
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(min(0.95, seconds / 15), text=f"Measuring · {seconds:.0f} s")
        if st.button("Stop", icon=":material/stop:", key="plan.stop"):
            measuring.stop()
            st.rerun()


def measured_words(config: TrainConfig, told: Mapping[str, Any]) -> str:
    """A measurement as a sentence."""
    update = told["update_seconds"]
    where = {"cpu": "the CPU", "cuda": "the GPU"}.get(told["device"], told["device"])
    return (
        f"An update took {short_time(update)} on {where} in {told['precision']}: about "
        f"{duration(update * config.steps)} for {config.steps:,} of them, validations not counted; "
        f"it held {size(told['memory'])} of memory."
    )


def short_time(seconds: float) -> str:
    """A time that may be some milliseconds, for a person."""
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{seconds * 1e3:.1f} ms"


def size(count: float) -> str:
    """Bytes for a person."""
    return f"{count / _GIB:.1f} GiB" if count >= _GIB else f"{count / _MIB:.0f} MiB"


def _free() -> int | None:
    """Bytes free where the runs lie, or will lie."""
    for folder in (runs_folder(), *runs_folder().parents):
        if Path(folder).is_dir():
            return shutil.disk_usage(folder).free
    return None
