"""Child processes that make a file for whoever looks at it, one for each file: started, followed by
their own words, stopped."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

_ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Job:
    """A child process that makes one file."""

    process: subprocess.Popen[bytes]
    log: Path
    started: float = field(default_factory=time.monotonic)


def start(out: Path, command: Sequence[str]) -> None:
    """Start the child process that makes `out`, unless it runs already. Raises OSError where the
    disk refuses."""
    with _lock():
        found = jobs().get(out)
        if found is not None and found.process.poll() is None:
            return
        out.parent.mkdir(parents=True, exist_ok=True)
        log = out.with_suffix(".log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        jobs()[out] = Job(process, log)


def stop(out: Path) -> None:
    """End the child process; nothing of it is kept."""
    with _lock():
        job = jobs().pop(out, None)
    if job is not None and job.process.poll() is None:
        job.process.terminate()
        job.process.wait(timeout=10)


def progress(out: Path) -> tuple[str, float] | None:
    """What the child process says, and for how many seconds it has run; None while none runs."""
    job = jobs().get(out)
    if job is None or job.process.poll() is not None:
        return None
    return _last_line(job.log) or "Starting", time.monotonic() - job.started


def problem(out: Path) -> str | None:
    """The last words of a child process that failed, else None."""
    job = jobs().get(out)
    if job is None or job.process.poll() in (None, 0):
        return None
    return _last_line(job.log) or f"it ended with status {job.process.returncode}"


def follow(out: Path, title: str, share: Callable[[str], float]) -> None:
    """A bar for the child process that makes `out`, and a button that stops it; the page is drawn
    anew when it ends. share(words) is how far it has come, 0..1."""
    st.fragment(_follow, run_every="1s")(out, title, share)


def _follow(out: Path, title: str, share: Callable[[str], float]) -> None:
    found = progress(out)
    if found is None:
        st.rerun()
        return
    words, seconds = found
    st.progress(share(words), text=f"{title} · {words} · {seconds:.0f} s")
    st.caption("You may leave this page: what is made is kept when it is done.")
    if st.button("Stop", icon=":material/stop:", key=f"stop {out.name}"):
        stop(out)
        st.rerun()


def _last_line(log: Path) -> str:
    try:
        text = log.read_text("utf-8", errors="replace")[-4000:]
    except OSError:
        return ""
    lines = [line.strip() for line in text.replace("\r", "\n").split("\n") if line.strip()]
    return lines[-1] if lines else ""


@st.cache_resource(show_spinner=False)
def jobs() -> dict[Path, Job]:
    """The child processes of this server by the file they make."""
    return {}


@st.cache_resource(show_spinner=False)
def _lock() -> threading.Lock:
    return threading.Lock()
