"""Embedding x sqrt(D) + position = input, written out number by number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from pages.ui.components import mount, pack
from pages.ui.encoder_input import EncoderInput
from pages.ui.pieces import readable

STEPS = ("embedding", "× √{width} = {root:.4g}", "+ position", "= encoder input")


def sum_table(given: EncoderInput, start: int, count: int = 8) -> None:
    """The additions in dimensions start .. start+count-1; each number tells how it is made."""
    mount("sums")(data=sums_blob(given, start, count), key="sums")


def sums_blob(given: EncoderInput, start: int, count: int) -> bytes:
    """For each piece four rows of numbers: in letters, how made, and how strong among the sums."""
    width = given.total.shape[1]
    shown = range(start, min(start + count, width))
    limit = float(np.abs(given.total).max()) or 1.0
    header = {
        "start": start,
        "count": len(shown),
        "names": [name.format(width=width, root=width**0.5) for name in STEPS],
        "pieces": [
            {"label": readable(label), "rows": _rows(given, place, shown, limit)}
            for place, label in enumerate(given.labels)
        ],
    }
    return pack(header, {})


def _rows(
    given: EncoderInput, place: int, shown: range, limit: float
) -> list[list[tuple[str, str, float]]]:
    arrays = (given.rows, given.scaled, given.encoding, given.total)
    told = [how_made(given, place, dim) for dim in shown]
    with np.errstate(invalid="ignore"):  # numbers that overflow have no tint
        tints = np.nan_to_num(given.total[place, shown] / limit).round(4).tolist()
    return [
        [
            (signed(value), lines[step], tint if step == 3 else 0.0)
            for value, lines, tint in zip(array[place, shown].tolist(), told, tints, strict=True)
        ]
        for step, array in enumerate(arrays)
    ]


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


def signed(value: float) -> str:
    """A number to four places with its sign: "−0.0412", "+0.3000"."""
    return f"{value:+.4f}".replace("-", "−")
