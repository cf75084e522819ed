"""Work in the app's own process that may take longer than a moment, step by step: a bar tells how
far it is, and a button stops it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

PATIENCE = 0.4  # seconds after which a bar is shown


def all_done(key: str, title: str, steps: Sequence[Callable[[], object]]) -> bool:
    """Do the steps in their order; False once a person has stopped them, and a button goes on.

    Each step keeps what it makes in a cache of its own, so that going on, and drawing the page
    anew, costs nothing for what is done. A press on the button ends this run of the page at its
    next word to the browser, which is the next step.
    """
    stopped = f"{key}.stopped"
    place = st.empty()
    if st.session_state.get(stopped):
        with place.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{title} · stopped")
            go_on = partial(st.session_state.pop, stopped)
            st.button("Go on", icon=":material/play_arrow:", key=f"{key}.on", on_click=go_on)
        return False
    bar, began = None, time.monotonic()
    for done, step in enumerate(steps):
        if bar is not None:
            bar.progress(done / len(steps), text=title)
        elif time.monotonic() - began > PATIENCE:
            bar = _bar(place, stopped, key)
            bar.progress(done / len(steps), text=title)
        step()
    place.empty()
    return True


def _bar(place: DeltaGenerator, stopped: str, key: str) -> DeltaGenerator:
    with place.container(horizontal=True, vertical_alignment="center"):
        bar = st.empty()
        stop = partial(st.session_state.__setitem__, stopped, True)
        st.button("Stop", icon=":material/stop:", key=f"{key}.stop", on_click=stop)
    return bar
