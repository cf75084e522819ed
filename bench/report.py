"""A measured row, the table, and the machine that it was measured on."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

VERSIONS = ("streamlit", "torch", "numpy", "playwright")


@dataclass(frozen=True)
class Row:
    """One budget and what was measured for it; `values` and `budget` are in `unit`.

    `parts` names where the time went: (what, median) pairs, told where the budget is missed. A row
    without a budget informs; where it is another tool's, `beside` is Dawn's median. `problem`
    stands for the values where nothing could be measured.
    """

    what: str
    budget: float | None
    values: Sequence[float] = ()
    unit: str = "ms"
    parts: Sequence[tuple[str, float]] = field(default=())
    problem: str = ""
    beside: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def p90(self) -> float:
        """The value that nine in ten rounds stay below."""
        ordered = sorted(self.values)
        return ordered[min(len(ordered) - 1, round(0.9 * (len(ordered) - 1)))]

    @property
    def verdict(self) -> str:
        if not self.values:
            return "not measured"
        if self.budget is None:
            return f"{self.median / self.beside:.1f} x Dawn" if self.beside else ""
        return "kept" if self.median <= self.budget else "MISSED"


def print_machine() -> None:
    """Cores, load and versions: what the figures below are worth."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    cores = len(os.sched_getaffinity(0))
    print(f"{cores} cores, {_processor()}; load average {load}; Python {platform.python_version()}")
    print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in VERSIONS))
    if os.getloadavg()[0] > 0.5 * cores:
        print("The machine is busy with other work: these figures are no verdict on Dawn.")
    print(flush=True)


def print_table(rows: Sequence[Row]) -> None:
    """One line a row, then what dominates where a budget was missed."""
    width = max(len(row.what) for row in rows)
    print(f"\n{'what':{width}}  {'budget':>10}  {'median':>10}  {'p90':>10}  {'n':>3}  verdict")
    for row in rows:
        if not row.values:
            print(f"{row.what:{width}}  {_number(row.budget, row.unit):>10}  {row.problem}")
            continue
        numbers = (row.budget, row.median, row.p90)
        cells = "  ".join(f"{_number(value, row.unit):>10}" for value in numbers)
        print(f"{row.what:{width}}  {cells}  {len(row.values):>3}  {row.verdict}")
    for row in rows:
        if row.verdict == "MISSED" and row.parts:
            spent = ", ".join(
                f"{name} {_number(value, row.unit)}"
                for name, value in sorted(row.parts, key=lambda part: -part[1])
            )
            print(f"\n{row.what} goes into: {spent}")


def _number(value: float | None, unit: str) -> str:
    return (
        "" if value is None else f"{value:,.1f} {unit}" if value < 100 else f"{value:,.0f} {unit}"
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            names = (
                line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")
            )
            return next(names, platform.machine())
    except OSError:
        return platform.machine()
