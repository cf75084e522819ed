"""The panel that makes a map in a child process: start it, follow it, stop it."""

from __future__ import annotations

import importlib.util
import re

import streamlit as st

from pages.ui import background
from pages.ui.catalogue import ModelInfo
from pages.ui.layout import notice, prose
from pages.ui.maps import Settings, made_file, start_map

_ROUND = re.compile(r"Map (\d+) of 2: round (\d+) of (\d+)")
_ITERATION = re.compile(r"\[t-SNE\] Iteration (\d+)")
ITERATIONS = 1000  # of t-SNE, the library's own


def map_maker(info: ModelInfo, settings: Settings) -> None:
    """What stands in the map's place until there is one of this model with these settings."""
    text, name = prose("embeddings"), settings.method
    out = made_file(info, settings)
    if background.progress(out) is not None:
        background.follow(out, f"Making the {name}", share_done)
        return
    problem = background.problem(out)
    if problem:
        notice(f"The last attempt failed: {problem.rstrip('.')}. Try again.", "warning")
    if importlib.util.find_spec("umap") is None:
        st.markdown(text["no-umap"])
        return
    st.markdown(text[f"why-{name.lower()}"])
    if st.button(f"Make the {name}", type="primary", icon=":material/scatter_plot:"):
        try:
            start_map(info, settings)
        except OSError as error:
            reason = error.strerror or str(error)
            notice(f"The map cannot be kept beside the runs ({reason}): free some space.", "error")
            return
        st.rerun()


def share_done(words: str) -> float:
    """How far the child process has come, 0..1, by its own words."""
    iteration = _ITERATION.search(words)
    if iteration is not None:
        return min(1.0, int(iteration[1]) / ITERATIONS)
    found = _ROUND.search(words)
    if found is None:
        return 0.0
    number, done, total = map(int, found.groups())
    return min(1.0, (number - 1 + done / max(1, total)) / 2)
