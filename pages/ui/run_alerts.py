"""What a run drew attention to, the newest first."""

from __future__ import annotations

import html
from collections.abc import Mapping

import streamlit as st

from pages.ui.runs import Reading

_SHOWN = 100


def run_alerts(reading: Reading, text: Mapping[str, str]) -> None:
    """Step and sentence of each alert."""
    if not reading.alerts:
        st.caption(text["no alerts"])
        return
    rows = []
    for event in reversed(reading.alerts[-_SHOWN:]):
        kind = "note" if event.fields.get("level") == "note" else "warning"
        step = f"step {event.step:,}" if event.step is not None else ""
        message = html.escape(str(event.fields.get("message") or ""))
        rows.append(f'<li class="{kind}"><span>{step}</span><p>{message}</p></li>')
    st.html(f'<ol class="run-alerts">{"".join(rows)}</ol>')
