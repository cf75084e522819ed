"""Work in the app's own process that may take longer than a moment, step by step: a bar tells how
far it is, and a button stops it."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

PATIENCE = 0.4  # seconds after which a bar is shown


def all_done(
    key: str, title: str, steps: Sequence[Callable[[], object]], asked: Hashable = None
) -> bool:
    """Do the steps in their order; False once a person has stopped them, and a button goes on.

    asked is what the work is about: where it is another than what was stopped, it begins.

    Each step keeps what it makes in a cache of its own, so that going on, and drawing the page
    anew, costs nothing for what is done. A press on the button ends this run of the page at its
    next word to the browser, which is the next step.
    """
    stopped = f"{key}.stopped"
    place = st.empty()
    if stopped in st.session_state and st.session_state[stopped] == asked:
        with place.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{title} · stopped")
            go_on = partial(st.session_state.pop, stopped)
            st.button("Go on", icon=":material/play_arrow:", key=f"{key}.on", on_click=go_on)
        return False
    st.session_state.pop(stopped, None)
    bar, began = None, time.monotonic()
    try:
        for done, step in enumerate(steps):
            if bar is not None:
                bar.progress(done / len(steps), text=title)
            elif time.monotonic() - began > PATIENCE:
                bar = _bar(place, partial(st.session_state.__setitem__, stopped, asked), key)
                bar.progress(done / len(steps), text=title)
            step()
    except ValueError:  # which the page tells of; a stop is none
        place.empty()
        raise
    place.empty()
    return True


def _bar(place: DeltaGenerator, stop: Callable[[], None], key: str) -> DeltaGenerator:
    with place.container(horizontal=True, vertical_alignment="center"):
        bar = st.empty()
        st.button("Stop", icon=":material/stop:", key=f"{key}.stop", on_click=stop)
    return bar
