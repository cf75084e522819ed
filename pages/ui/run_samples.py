"""What a run's model makes of the same sentences, validation by validation."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.ui.runs import Reading

_SHOWN = 60


def run_samples(reading: Reading, text: Mapping[str, str]) -> None:
    """All sentences at the newest validation, and one of them over time."""
    st.subheader("Translations", anchor=False)
    if not reading.samples:
        st.caption(text["no samples"])
        return
    st.caption(text["samples"])
    newest = reading.samples[-1]
    sources = [line["src"] for line in newest.fields.get("translations", [])]
    now, over_time = st.columns(2, gap="large")
    with now, st.container(key="run-now"):
        st.markdown(f"**At step {newest.step:,}**")
        st.html(_pairs(newest.fields.get("translations", [])))
    with over_time, st.container(key="run-over-time"):
        chosen = st.selectbox("One sentence over time", sources, key="sample-sentence")
        with st.container(height=320, border=False, key="run-history"):
            st.html(_history(reading, chosen))


def _pairs(lines: list[dict[str, Any]]) -> str:
    rows = []
    for line in lines:
        ref = f"<small>Reference: {html.escape(str(line['ref']))}</small>" if "ref" in line else ""
        rows.append(
            f"<li><span>{html.escape(str(line['src']))}</span>"
            f'<p dir="auto">{html.escape(str(line["out"])) or "–"}</p>{ref}</li>'
        )
    return f'<ul class="run-pairs">{"".join(rows)}</ul>'


def _history(reading: Reading, source: str | None) -> str:
    rows = []
    for event in reversed(reading.samples[-_SHOWN:]):
        for line in event.fields.get("translations", []):
            if line["src"] == source:
                out = html.escape(str(line["out"])) or "–"
                rows.append(f'<li><span>{event.step:,}</span><p dir="auto">{out}</p></li>')
                break
    return f'<ol class="run-steps">{"".join(rows)}</ol>'
