"""Embedding + position = input, written out as additions in one HTML table."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from pages.ui.pieces import readable

_STYLE = Path(__file__).resolve().parents[2] / "assets" / "sums.css"
_NIGHT, _SUN = "45, 111, 181", "221, 90, 54"


def sum_table(
    labels: Sequence[str],
    scaled: np.ndarray,
    encoding: np.ndarray,
    total: np.ndarray,
    start: int,
    count: int = 8,
) -> str:
    """HTML of the additions in dimensions start .. start+count-1; the three arrays are (S, D).

    The labels are the vocabulary's own, and are escaped here: whatever a person typed stays text.
    """
    window = slice(start, min(start + count, total.shape[1]))
    dims = "".join(f"<th scope='col'>dim {dim}</th>" for dim in range(window.start, window.stop))
    head = f"<thead><tr><th></th><th></th>{dims}</tr></thead>"
    limit = float(np.abs(total).max()) or 1.0
    bodies = []
    for place, label in enumerate(labels):
        name = html.escape(readable(label))
        piece = (
            f'<th class="piece" scope="rowgroup" rowspan="3"><bdi>{name}</bdi>'
            f"<small>position {place}</small></th>"
        )
        rows = (
            _row("embedding × √D", scaled[place, window], piece),
            _row("+ position", encoding[place, window]),
            _row("= encoder input", total[place, window], limit=limit),
        )
        bodies.append(f"<tbody>{''.join(rows)}</tbody>")
    table = f"<table>{head}{''.join(bodies)}</table>"
    return f'<style>{_style()}</style><div class="dawn-sums" tabindex="0">{table}</div>'


def _row(what: str, values: np.ndarray, piece: str = "", limit: float = 0.0) -> str:
    cells = "".join(f"<td{_tint(value, limit)}>{signed(value)}</td>" for value in values)
    return f'<tr>{piece}<th class="what" scope="row">{what}</th>{cells}</tr>'


def _tint(value: float, limit: float) -> str:
    if not limit:
        return ""
    hue = _NIGHT if value < 0 else _SUN
    return f' style="background: rgba({hue}, {min(1.0, abs(value) / limit) * 0.55:.3f})"'


def signed(value: float) -> str:
    """A number to four places with its sign: "−0.0412", "+0.3000"."""
    return f"{value:+.4f}".replace("-", "−")


@lru_cache(maxsize=1)
def _style() -> str:
    return _STYLE.read_text("utf-8")
