"""Import torch after the first page has painted, in the background, once per process."""

from __future__ import annotations

import gc
import threading

import streamlit as st

# Seconds: the first page's last bytes leave before the import takes the interpreter lock.
_DELAY = 1.5
_started = threading.Lock()


def warm_up() -> None:
    """Start warming once per server; no effect where no server runs (a page under test)."""
    if not st.runtime.exists() or not _started.acquire(blocking=False):
        return
    timer = threading.Timer(_DELAY, _import_heavy)
    timer.daemon = True
    timer.start()


def _import_heavy() -> None:
    import torch  # noqa: F401

    # What the imports made lives for ever; out of the collector's sight, collections are short.
    gc.collect()
    gc.freeze()
