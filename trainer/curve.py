"""The loss of a run as a picture for a page of paper: SVG, without a library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from trainer.downsample import minmax_downsample

Series = tuple[NDArray[np.int64], NDArray[np.float64]]

_WIDTH, _HEIGHT = 760, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 34, 40
_COLOURS = ("#c9481f", "#2f6f9f", "#3d7d53")
_POINTS = 600
_MARKED = 40


def curve_svg(curves: Mapping[str, Series], mark: float | None = None) -> str:
    """Lines of loss by step, with a legend and, dashed, a `mark` that was to be reached.

    A value that is not finite is a gap. Without any value the picture says so.
    """
    found = {label: minmax_downsample(*series, _POINTS) for label, series in curves.items()}
    values = np.concatenate([y[np.isfinite(y)] for _, y in found.values()] or [np.zeros(0)])
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>'
    )
    if not values.size:
        return f'{head}<text x="{_LEFT}" y="{_TOP}">No loss was recorded.</text></svg>\n'
    shown = [*values, mark] if mark is not None else list(values)
    low, high = float(min(shown)), float(np.quantile(values, 0.995))
    ends = (low, max(high, low + 1e-6) + (high - low) * 0.05)
    last = max(int(x[-1]) for x, _ in found.values() if len(x))
    parts = [head, *_grid(ends, last)]
    if mark is not None:
        y = _place(mark, ends)
        parts.append(
            f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#8a8296" '
            f'stroke-dasharray="5 4"/>'
            f'<text x="{_WIDTH - _RIGHT}" y="{y - 5:.1f}" text-anchor="end">{mark:g}</text>'
        )
    for number, (label, (steps, losses)) in enumerate(found.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        parts.append(_line(steps, losses, ends, last, colour))
        x = _LEFT + 200 * number
        parts.append(f'<text x="{x}" y="20" fill="{colour}">{escape(label)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _grid(ends: tuple[float, float], last: int) -> list[str]:
    parts = []
    for value in _ticks(*ends):
        y = _place(value, ends)
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#e4e0ea"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    for step in _ticks(0, last):
        x = _LEFT + (_WIDTH - _LEFT - _RIGHT) * step / max(last, 1)
        anchor = "end" if step == last else "middle"
        parts.append(
            f'<text x="{x:.1f}" y="{_HEIGHT - 20}" text-anchor="{anchor}">{step:,.0f}</text>'
        )
    parts.append(f'<text x="{_LEFT}" y="{_HEIGHT - 4}">loss per target token, by step</text>')
    return parts


def _line(
    steps: NDArray[np.int64],
    losses: NDArray[np.float64],
    ends: tuple[float, float],
    last: int,
    colour: str,
) -> str:
    words: list[str] = []
    drawn = False
    for step, loss in zip(steps.tolist(), losses.tolist(), strict=True):
        if not np.isfinite(loss):
            drawn = False
            continue
        x = _LEFT + (_WIDTH - _LEFT - _RIGHT) * step / max(last, 1)
        words.append(f"{'L' if drawn else 'M'}{x:.1f} {max(_place(loss, ends), _TOP):.1f}")
        drawn = True
    path = "".join(words)
    # Marks where points are few, for a line through one of them shows nothing.
    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r="2.5" fill="{colour}"/>'
        for x, y in (word[1:].split() for word in words)
        if len(words) <= _MARKED
    )
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.4"/>{dots}'


def _place(value: float, ends: tuple[float, float]) -> float:
    low, high = ends
    share = (value - low) / (high - low)
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)


def _ticks(low: float, high: float) -> Sequence[float]:
    """About five round numbers between two ends."""
    raw = max(high - low, 1e-9) / 5
    size = 10.0 ** np.floor(np.log10(raw))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw)
    return [round(n * step, 12) for n in range(int(np.ceil(low / step)), int(high // step) + 1)]
