"""The panel that makes a model's UMAP in a child process: start it, follow it, stop it."""

from __future__ import annotations

import importlib.util
import re

import streamlit as st

from pages.ui import background
from pages.ui.catalogue import ModelInfo
from pages.ui.layout import notice, prose
from pages.ui.maps import cache_file, start_maps

_ROUND = re.compile(r"Map (\d+) of 2: round (\d+) of (\d+)")


def umap_maker(info: ModelInfo) -> None:
    """What stands in the map's place until there is a UMAP of this model."""
    text = prose("embeddings")
    out = cache_file(info)
    if background.progress(out) is not None:
        background.follow(out, "Making the UMAP", share_done)
        return
    problem = background.problem(out)
    if problem:
        notice(f"The last attempt failed: {problem.rstrip('.')}. Try again.", "warning")
    if importlib.util.find_spec("umap") is None:
        st.markdown(text["no-umap"])
        return
    st.markdown(text["why-umap"])
    if st.button("Make the UMAP", type="primary", icon=":material/scatter_plot:"):
        try:
            start_maps(info)
        except OSError as error:
            reason = error.strerror or str(error)
            notice(f"The map cannot be kept beside the runs ({reason}): free some space.", "error")
            return
        st.rerun()


def share_done(words: str) -> float:
    """How far the child process has come, 0..1, by its own words."""
    found = _ROUND.search(words)
    if found is None:
        return 0.0
    number, done, total = map(int, found.groups())
    return min(1.0, (number - 1 + done / max(1, total)) / 2)
