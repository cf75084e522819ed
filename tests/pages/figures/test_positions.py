"""What the pictures of positions say must be so."""

from __future__ import annotations

import numpy as np
import pytest

from pages.figures.positions import distances, heat_map, wavelength, waves
from transformer.positions import sinusoids

TABLE = sinusoids(64, 16).numpy()


@pytest.mark.parametrize("dim", [0, 1, 4, 7])
def test_a_dimension_repeats_after_its_wavelength(dim: int) -> None:
    length = wavelength(dim, 16)
    step = 1 / length * 2 * np.pi
    wave = np.cos if dim % 2 else np.sin
    np.testing.assert_allclose(TABLE[:, dim], wave(step * np.arange(64)), atol=1e-6)


def test_the_heat_map_shows_the_table_itself() -> None:
    heat = heat_map(TABLE).data[0]
    np.testing.assert_array_equal(heat.z, TABLE)
    assert (heat.zmin, heat.zmax) == (-1, 1)


@pytest.mark.parametrize(("rows", "columns"), [(256, 256), (128, 32), (100, 300), (600, 1024)])
def test_each_cell_of_the_heat_map_is_whole_pixels(rows: int, columns: int) -> None:
    figure = heat_map(np.zeros((rows, columns)))
    margin = figure.layout.margin
    wide = figure.layout.width - margin.l - margin.r
    high = figure.layout.height - margin.t - margin.b
    assert (wide % columns, high % rows) == (0, 0)
    assert wide >= columns and high >= rows
    # What makes room for a label takes it from the cells.
    assert margin.autoexpand is figure.layout.xaxis.automargin is False
    assert figure.layout.yaxis.automargin is False


def test_each_chosen_dimension_is_a_curve() -> None:
    figure = waves(TABLE, [3, 8])
    assert [trace.name.split(" · ")[:2] for trace in figure.data] == [
        ["dim 3", "cos"],
        ["dim 8", "sin"],
    ]
    np.testing.assert_array_equal(figure.data[1].y, TABLE[:, 8])


def test_even_and_odd_are_told_apart_and_a_pair_shares_its_hue() -> None:
    lines = [trace.line for trace in waves(TABLE, [4, 5, 9]).data]
    assert [line.dash for line in lines] == ["solid", "dash", "dash"]
    assert lines[0].color == lines[1].color != lines[2].color


def test_dot_products_depend_on_the_distance_alone() -> None:
    np.testing.assert_allclose(
        distances(TABLE).data[0].y[:40], TABLE[9:49] @ TABLE[9], rtol=1e-5, atol=1e-5
    )
