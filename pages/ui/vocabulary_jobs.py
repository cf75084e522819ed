"""Tokenizers that are trained here: each in a child process, kept on disk by what was asked for."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from trainer.folder import runs_folder
from trainer.records import read_record

if TYPE_CHECKING:
    from trainer.vocabularies import VocabularySpec

_ROOT = Path(__file__).resolve().parents[2]
SIZES, FILE = "sizes.json", "tokenizer.json"


@dataclass
class Job:
    """A child process that trains the tokenizers of one spec, for whoever looks at them."""

    process: subprocess.Popen[bytes]
    log: Path
    started: float = field(default_factory=time.monotonic)


def folder_of(spec: VocabularySpec) -> Path:
    """Where the tokenizers of a spec are kept."""
    return runs_folder() / "cache" / "tokenizers" / spec.name


def result(spec: VocabularySpec) -> Mapping[str, Any] | None:
    """What was measured, None until it is done."""
    found = read_record(folder_of(spec) / SIZES)
    return found if found and (folder_of(spec) / FILE).is_file() else None


def start(spec: VocabularySpec) -> None:
    """Start the child process, unless it runs already. Raises OSError where the disk refuses."""
    with _lock():
        job = _jobs().get(spec.name)
        if job is not None and job.process.poll() is None:
            return
        folder = folder_of(spec)
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / "log.txt"
        told = json.dumps(asdict(spec))
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "trainer.vocabularies", told, str(folder)],
                cwd=_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        _jobs()[spec.name] = Job(process, log)


def stop(spec: VocabularySpec) -> None:
    """End the child process; nothing of it is kept."""
    with _lock():
        job = _jobs().pop(spec.name, None)
    if job is not None and job.process.poll() is None:
        job.process.kill()
        job.process.wait(timeout=10)


def progress(spec: VocabularySpec) -> tuple[str, float, float] | None:
    """What the child process says, its share done and its seconds; None while none runs."""
    job = _jobs().get(spec.name)
    if job is None or job.process.poll() is not None:
        return None
    seconds = time.monotonic() - job.started
    try:
        told = json.loads(_last_line(job.log))
        return str(told["words"]), float(told["share"]), seconds
    except (ValueError, LookupError, TypeError):
        return "Starting", 0.0, seconds


def problem(spec: VocabularySpec) -> str | None:
    """The last words of a child process that failed, else None."""
    job = _jobs().get(spec.name)
    if job is None or job.process.poll() in (None, 0):
        return None
    return _last_line(job.log) or f"It ended with status {job.process.returncode}."


def keep_text(raw: bytes) -> Path:
    """An uploaded text beside the runs, by its sha256. Raises OSError."""
    target = runs_folder() / "data" / "texts" / f"{hashlib.sha256(raw).hexdigest()}.txt"
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_suffix(".part")
        beside.write_bytes(raw)
        beside.replace(target)
    return target


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", errors="replace")[-4000:].strip().splitlines()
    return lines[-1] if lines else ""


@st.cache_resource(show_spinner=False)
def _jobs() -> dict[str, Job]:
    return {}


@st.cache_resource(show_spinner=False)
def _lock() -> threading.Lock:
    return threading.Lock()
