"""Five seconds of a run that was not launched yet, in a child process: how fast, how large."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from trainer.config import TrainConfig
from trainer.locks import check_system

_ROOT = Path(__file__).resolve().parents[2]
_JOB, _TOLD = "plan.job", "plan.told"
_MATTERS = (
    "vocab_size", "encoder_layers", "decoder_layers", "d_model", "d_ff", "heads", "norm",
    "positions", "tie_embeddings", "max_tokens", "batch_tokens", "accumulate", "optimiser",
    "device", "precision", "threads",
)  # fmt: skip


@dataclass
class Job:
    """A measurement under way, of the settings in `key`."""

    key: str
    process: subprocess.Popen[bytes]
    began: float


def key_of(config: TrainConfig) -> str:
    """What a measurement depends on: settings that differ elsewhere share it."""
    settings = config.to_dict()
    return json.dumps({name: settings[name] for name in _MATTERS})


def measured(config: TrainConfig) -> dict[str, Any] | str | None:
    """What was measured of these settings in this session, or why it failed; None before that."""
    found: dict[str, Any] | str | None = _told().get(key_of(config))
    return found


def start(config: TrainConfig) -> None:
    """Begin, and end a measurement of other settings.

    Raises OSError, and RunError where nothing can be trained anyway.
    """
    check_system()
    stop()
    process = subprocess.Popen(
        [sys.executable, "-m", "trainer.measure", json.dumps(config.to_dict())],
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,  # one line of JSON, or an error: less than a pipe holds
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    st.session_state[_JOB] = Job(key_of(config), process, time.monotonic())


def stop() -> None:
    """End the measurement that is under way, if one is."""
    job: Job | None = st.session_state.pop(_JOB, None)
    if job is not None:
        job.process.kill()
        job.process.communicate()


def seconds_so_far(config: TrainConfig) -> float | None:
    """For how long these settings have been measured; None when they are not, or it is done."""
    job: Job | None = st.session_state.get(_JOB)
    if job is None or job.key != key_of(config):
        return None
    if job.process.poll() is None:
        return time.monotonic() - job.began
    _told()[job.key] = _answer(job)
    del st.session_state[_JOB]
    return None


def _answer(job: Job) -> dict[str, Any] | str:
    said, _ = job.process.communicate()
    lines = said.decode("utf-8", "replace").strip().splitlines()
    last = lines[-1] if lines else "it ended without a word"
    if job.process.returncode:
        return last
    answers = [line for line in lines if line.startswith("{")]  # beside warnings of libraries
    answer: dict[str, Any] | str = json.loads(answers[-1]) if answers else last
    return answer


def _told() -> dict[str, Any]:
    told: dict[str, Any] = st.session_state.setdefault(_TOLD, {})
    return told
