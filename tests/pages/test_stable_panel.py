"""The panel "In few bits": its curves are computed, its code is the code that ran."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pytest
import torch

from pages.figures.precision import causes, precision
from pages.ui.stable_panel import Errors, errors_of, rows_of, table
from tests.pages.test_lab_panel import open_panel
from transformer.analysis.precision import errors, naive, sampled
from transformer.positions import sinusoids_at

WIDTH = 24  # of the small model


def test_curves_are_the_largest_errors_so_far(dawn_runs: Path) -> None:
    found = errors_of(WIDTH)
    own = errors(sampled(), WIDTH, torch.bfloat16)["log/exp"].numpy()
    curve = found.forms["bfloat16"]["log/exp"]
    for place in (0, 5, 300, len(own) - 1):
        assert curve[place] == own[: place + 1].max()
    assert found.rounded.max() <= 2.0**-25 + 1e-11
    figure = precision(found.position, found.forms, found.rounded)
    shown = {trace.name: trace for trace in figure.data}
    np.testing.assert_array_equal(shown["bfloat16, log/exp"].y, curve)
    assert {trace.line.dash for trace in figure.data} == {"solid", "dot", None}
    assert len(shown) == 7


def test_no_error_has_no_place_on_a_logarithmic_axis() -> None:
    curve = causes(np.array([1, 2]), {"step": np.array([0.0, 0.5])}, np.array([0.1, 0.5])).data[1]
    assert np.isnan(curve.y[0]) and curve.y[1] == 0.5


@pytest.fixture
def few() -> Errors:
    position = np.array([1, 10, 100, 1_000, 10_000])
    ramp = position * 1e-7
    return Errors(position, {"float32": {"log/exp": ramp}}, {"float32": {"the angle": ramp}}, ramp)


def test_the_table_reads_the_curves(few: Errors) -> None:
    lines = list(table(few))
    assert lines[2] == "| float32, log/exp | 1.0·10⁻⁶ | 1.0·10⁻⁴ | 0.001 |"
    assert len(lines) == 4
    assert len(list(rows_of(few))) == 1 + 3 * 5


def test_the_panel_shows_the_code_that_ran(dawn_runs: Path) -> None:
    at = open_panel(panel="stable", src="  ")
    assert not at.exception
    shown = [block.value for block in at.code]
    assert inspect.getsource(naive).rstrip() in [code.rstrip() for code in shown]
    assert inspect.getsource(sinusoids_at).rstrip() in [code.rstrip() for code in shown]
    at.button_group(key="positions.type").set_value("bfloat16").run()
    assert not at.exception
