"""Embedding x sqrt(D) + position = input, written out number by number in one HTML table."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from pages.ui.encoder_input import EncoderInput
from pages.ui.pieces import readable

_STYLE = Path(__file__).resolve().parents[2] / "assets" / "sums.css"
_NIGHT, _SUN = "45, 111, 181", "221, 90, 54"


def sum_table(given: EncoderInput, start: int, count: int = 8) -> str:
    """HTML of the additions in dimensions start .. start+count-1. Pointing at a number tells how it
    is made.

    The labels are the vocabulary's own, and are escaped here: whatever a person typed stays text.
    """
    width = given.total.shape[1]
    shown = range(start, min(start + count, width))
    dims = "".join(f"<th scope='col'>dim {dim}</th>" for dim in shown)
    head = f"<thead><tr><th></th><th></th>{dims}</tr></thead>"
    limit = float(np.abs(given.total).max()) or 1.0
    bodies = []
    for place, label in enumerate(given.labels):
        piece = (
            f'<th class="piece" scope="rowgroup" rowspan="4"><bdi>{html.escape(readable(label))}'
            f"</bdi><small>position {place}</small></th>"
        )
        told = [how_made(given, place, dim) for dim in shown]
        steps = (given.rows, given.scaled, given.encoding, given.total)
        names = ("embedding", f"× √{width} = {width**0.5:.4g}", "+ position", "= encoder input")
        rows = [
            _row(
                name,
                values[place, shown.start : shown.stop],
                [line[step] for line in told],
                piece if step == 0 else "",
                limit if step == 3 else 0.0,
            )
            for step, (name, values) in enumerate(zip(names, steps, strict=True))
        ]
        bodies.append(f"<tbody>{''.join(rows)}</tbody>")
    table = f"<table>{head}{''.join(bodies)}</table>"
    return f'<style>{_style()}</style><div class="dawn-sums" tabindex="0">{table}</div>'


def how_made(given: EncoderInput, place: int, dim: int) -> tuple[str, str, str, str]:
    """How each of the four numbers of a piece in one dimension is made."""
    width = given.total.shape[1]
    row, scaled, encoding, total = (
        signed(float(values[place, dim]))
        for values in (given.rows, given.scaled, given.encoding, given.total)
    )
    wave = "cos" if dim % 2 else "sin"
    formula = f"{wave}({place} / 10000^({2 * (dim // 2)}/{width}))"
    source = {"sinusoidal": formula, "learned": f"row {place} of the learned positions"}
    return (
        f"row {given.ids[place]} of the embedding, dimension {dim}: {row}",
        f"{row} × √{width} = {scaled}",
        f"{source.get(given.kind, 'no positions')} = {encoding}",
        f"{scaled} {encoding[0]} {encoding[1:]} = {total}",
    )


def sum_rows(given: EncoderInput) -> Iterator[Sequence[object]]:
    """All dimensions of all pieces, a number each in a row of its own."""
    yield "piece", "id", "position", "dimension", "embedding", "scaled", "position's", "sum"
    for place, (label, number) in enumerate(zip(given.labels, given.ids, strict=True)):
        columns = (given.rows, given.scaled, given.encoding, given.total)
        for dim, values in enumerate(zip(*(array[place] for array in columns), strict=True)):
            yield label, number, place, dim, *values


def _row(
    what: str, values: np.ndarray, told: Sequence[str], piece: str = "", limit: float = 0.0
) -> str:
    cells = "".join(
        f'<td title="{line}"{_tint(value, limit)}>{signed(value)}</td>'
        for value, line in zip(values, told, strict=True)
    )
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
