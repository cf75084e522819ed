"""How to decode: the method, and the controls of that method alone."""

from __future__ import annotations

import streamlit as st

IN_A_ROW = 3
METHODS = {"greedy": "Greedy", "beam": "Beam search", "sample": "Sampling"}
# label, help, least, most, first, step; a whole number where all are whole
_CONTROLS: dict[str, dict[str, tuple[str, str, float, float, float, float]]] = {
    "greedy": {},
    "beam": {
        "beams": ("Beams", "How many translations are followed side by side.", 1, 8, 4, 1),
        "alpha": (
            "Length penalty",
            "A log-probability falls with every piece. 0 ranks by it alone, which favours short "
            "translations; higher values make up for length.",
            0.0,
            2.0,
            0.6,
            0.1,
        ),
    },
    "sample": {
        "draws": ("Draws", "How many translations are drawn.", 1, 8, 3, 1),
        "temperature": (
            "Temperature",
            "Below 1 the likely pieces become likelier, above 1 the unlikely ones do.",
            0.1,
            2.0,
            1.0,
            0.1,
        ),
        "top_k": ("Top-k", "Draw from the k likeliest pieces only; 0 is all.", 0, 100, 0, 1),
        "top_p": (
            "Top-p",
            "Draw from the fewest pieces that together hold this probability.",
            0.05,
            1.0,
            1.0,
            0.05,
        ),
        "seed": ("Seed", "The same seed draws the same translations.", 0, 99, 0, 1),
    },
}


def method_control() -> str:
    """Greedy, beam search or sampling; returns "greedy", "beam" or "sample"."""
    chosen = st.segmented_control(
        "Method",
        list(METHODS),
        default="greedy",
        format_func=METHODS.__getitem__,
        required=True,
        label_visibility="collapsed",
        key="decoding.method",
        persist_state="session",
    )
    return str(chosen)


def settings_controls(method: str) -> dict[str, float]:
    """One slider for each setting of the method, by the names that `translate` takes."""
    controls = _CONTROLS[method]
    if not controls:
        return {}
    rows = -(-len(controls) // IN_A_ROW)
    columns = [column for _ in range(rows) for column in st.columns(min(IN_A_ROW, len(controls)))]
    settings: dict[str, float] = {}
    for column, (name, control) in zip(columns, controls.items(), strict=False):
        label, help, low, high, first, step = control
        settings[name] = column.slider(
            label,
            low,
            high,
            first,
            step,
            key=f"decoding.{name}",
            help=help,
            persist_state="session",
        )
    return settings
