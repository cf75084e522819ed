"""The panel that makes a model's UMAP in a child process: start it, follow it, stop it."""

from __future__ import annotations

import importlib.util

import streamlit as st

from pages.ui.layout import notice, prose
from pages.ui.maps import maps_problem, maps_progress, start_maps, stop_maps
from pages.ui.models import ModelInfo


def umap_maker(info: ModelInfo) -> None:
    """What stands in the map's place until there is a UMAP of this model."""
    text = prose("embeddings")
    if maps_progress(info) is not None:
        _follow(info)
        return
    problem = maps_problem(info)
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


@st.fragment(run_every="1s")
def _follow(info: ModelInfo) -> None:
    progress = maps_progress(info)
    if progress is None:
        st.rerun()
        return
    words, seconds = progress
    with st.status(f"Making the UMAP · {words} · {seconds:.0f} s", state="running"):
        st.markdown("You may leave this page: the map is kept when it is done.")
    if st.button("Stop", icon=":material/stop:"):
        stop_maps(info)
        st.rerun()
