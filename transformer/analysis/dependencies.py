"""What a number is made from: declared once for each tensor, read by every test and every hover.

A tensor names a rule and its uses. A use says which cells of another tensor go into the cell
(i, j): its row is the same row "i", the one that the column names "j", the first one "0", or all of
them "*"; its column likewise. Nothing else may go in, so lighting the cells that a number came from
and computing the number again read one and the same declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

EPSILON = np.float32(1e-5)
"""What LayerNorm adds to the variance, in torch as in Ba et al. (2016)."""


@dataclass(frozen=True)
class Use:
    """The cells of `tensor` that go into the cell (i, j); where `shift` is given, column j of the
    tensor made is column j - shift of this one, and a column outside it is not used."""

    tensor: str
    rows: str = "i"
    cols: str = "j"
    shift: int = 0

    def cells(self, values: np.ndarray, i: int, j: int) -> np.ndarray:
        """The cells of `values` (rows, columns) for the cell (i, j): one, a row, a column, none."""
        places = {"*": slice(None), "0": slice(0, 1), "i": slice(i, i + 1)}
        column = j - self.shift
        across = places | {"j": slice(column, column + 1) if column >= 0 else slice(0, 0)}
        down = places | {"j": slice(j, j + 1)}
        return values[down[self.rows], across[self.cols]].ravel()


@dataclass(frozen=True)
class Cells:
    """A tensor on the way, as a matrix.

    rows and cols name what each axis counts: "query" or "key" positions, "width" (D), "head" (K),
    or "one". dims are the letters of the whole tensor in the trace; source is the name of its tap
    or parameter, "" for one that the model makes without showing it. code is Python for row {i},
    or for the one number where there is a single column; "" where there is nothing to look up.
    rule and uses are its declared dependency; without a rule it is where the walk starts from.
    """

    name: str
    symbol: str
    values: np.ndarray
    rows: str
    cols: str
    dims: str = ""
    source: str = ""
    code: str = ""
    rule: str = ""
    uses: tuple[Use, ...] = ()

    def cell_code(self, i: int, j: int) -> str:
        """Python for the number at (i, j), given a `trace` and a `bundle`."""
        row = self.code.replace("{i}", str(i))
        if self.cols == "one":
            return row
        tapped = self.code.startswith(f'trace["{self.source}"]')
        return f"{row[:-1]}, {j}]" if tapped else f"{row}[{j}]"


def _dot(a: np.ndarray, b: np.ndarray, bias: np.ndarray | None = None) -> np.float32:
    return a @ b if bias is None else a @ b + bias[0]


def _deviation(row: np.ndarray, mean: np.ndarray) -> np.float32:
    return np.sqrt(np.square(row - mean).mean() + EPSILON)


def _normalised(x: np.ndarray, *of: np.ndarray) -> np.float32:
    mean, deviation, gain, bias = (cells[0] for cells in of)
    return (x[0] - mean) / deviation * gain + bias


RULES: Mapping[str, Callable[..., np.float32]] = {
    "dot": _dot,
    "add": lambda a, b: a[0] + b[0],
    "times": lambda a, b: a[0] * b[0],
    "over": lambda a, b: a[0] / b[0],
    "mean": lambda row: row.mean(),
    "deviation": _deviation,
    "normalise": _normalised,
    "mask": lambda score, allowed: score[0] if allowed[0] else np.float32(-np.inf),
    "largest": lambda row: row.max(),
    "exp": lambda score, largest: np.exp(score[0] - largest[0]),
    "total": lambda row: row.sum(),
    "place": lambda *heads: np.concatenate(heads)[0],
}
"""What is done with the cells of each use, in the order of the uses: one number comes out."""


def made(
    rule: str, uses: Sequence[Use], values: Mapping[str, np.ndarray], i: int, j: int
) -> np.float32:
    """The cell (i, j), in float32, from the cells that its tensor declares and no other."""
    return np.float32(RULES[rule](*(use.cells(values[use.tensor], i, j) for use in uses)))
