"""Curves as numbers: limits, gaps, means, and what is thinned out of a run's events."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pages.figures.curves import Curve, gap_marks, growing_end, value_range
from pages.ui.run_curves import WIDTHS, curves_blob
from pages.ui.runs import MEAN_POINTS, POINTS, Watch, running_mean, smoothed
from tests.pages.blobs import read_blob
from trainer.events import EventReader, EventWriter


def curve(values: list[float], gaps: list[int] | None = None) -> Curve:
    steps = np.arange(1, len(values) + 1)
    found = None if gaps is None else np.array(gaps)
    return Curve("a", steps, np.array(values, np.float64), "#6f87a8", gaps=found)


@pytest.mark.parametrize("step", [0, 1, 15, 16, 17, 1023, 1024, 99_999])
def test_a_growing_axis_holds_the_step_and_is_half_full(step: int) -> None:
    end = growing_end(step)
    assert step < end
    assert end == 16 or step >= end / 2


@pytest.mark.parametrize(
    "values", [[9.3, 3.1], [0.0, 0.003], [0.0, 0.0], [-2.0, 5.0], [3000.0, 3100.0], [7.0]]
)
def test_limits_hold_all_values_and_are_not_far_off(values: list[float]) -> None:
    found = value_range([curve(values)])
    assert found is not None
    low, high = found
    assert low <= min(values) <= max(values) <= high
    assert low < high
    assert high - low <= 4 * max(max(values) - min(values), max(map(abs, values)), 1e-12)


def test_limits_stay_while_a_curve_moves_inside_them() -> None:
    assert value_range([curve([9.3, 5.2])]) == value_range([curve([9.3, 5.2, 5.3, 9.0])])


def test_limits_hold_the_mark_and_pass_over_what_is_no_number() -> None:
    found = value_range([curve([5.0, float("nan"), float("inf")])], [(3.5, "x")])
    assert found is not None
    low, high = found
    assert low <= 3.5
    assert high < 100
    assert value_range([curve([float("nan")])]) is None
    assert value_range([]) is None


def test_a_gap_is_marked_at_the_height_before_it() -> None:
    nan = float("nan")
    marks = gap_marks(curve([nan, 4.0, nan, nan, 2.0], gaps=[1, 3, 4]))
    np.testing.assert_array_equal(marks, [[1, 4.0], [3, 4.0], [4, 4.0]])
    assert gap_marks(curve([nan], gaps=[1])).tolist() == [[1, 0.0]]
    assert gap_marks(curve([1.0])).shape == (0, 2)


def test_the_running_mean_is_the_mean_of_the_finite_values_so_far() -> None:
    generator = np.random.default_rng(1)
    values = generator.normal(size=200)
    values[[3, 50, 51]] = np.nan
    means = running_mean(values, 25)
    for place in range(200):
        window = values[max(0, place - 24) : place + 1]
        wanted = np.nan if np.isnan(values[place]) else np.nanmean(window)
        np.testing.assert_allclose(means[place], wanted)


def test_a_wider_mean_is_smoother(tmp_path: Path) -> None:
    draw = np.random.default_rng(2)
    with EventWriter(tmp_path, 1) as events:
        for step, loss in enumerate(draw.normal(3, 1, 2000), 1):
            events.metric(step, {"train/loss": float(loss)})
    reader = EventReader(tmp_path)
    reader.read()
    steps, values = reader.series("train/loss")
    for width in WIDTHS:
        thinned, means = smoothed(reader, width)["mean/loss"]
        places = np.searchsorted(steps, thinned)
        np.testing.assert_allclose(means, running_mean(values, width)[places])
    narrow, wide = (smoothed(reader, width)["mean/loss"][1][50:] for width in (5, 400))
    assert wide.std() < narrow.std() / 4


def test_what_a_blob_says(tmp_path: Path) -> None:
    """Panels, marks and the axes that there are numbers for."""
    with EventWriter(tmp_path, 1) as events:
        events.write("alert", message="Training on cpu.", loss_floor=0.91)
        for step in range(1, 41):
            numbers = {
                "train/loss": 4.0,
                "lr": 0.1,
                "tokens": 900.0 * step,
                "seconds": 5 + step / 2,
            }
            events.metric(step, numbers)
        events.metric(40, {"machine/cpu": 50.0})
    watch = Watch(EventReader(tmp_path))
    reading = watch.read()
    blob = curves_blob(reading, smoothed(watch.reader, 5), "it", width=5, alive=True)
    header, arrays = read_blob(blob)
    assert header["ends"] == {"step": 64, "tokens": 65536.0, "seconds": 32.0}
    loss = header["panels"][0]
    assert [words for _, words in loss["marks"]] == [
        "the lesson’s 3.5",
        "floor of the smoothed loss 0.91",
    ]
    assert loss["range"][0] <= 0.91
    assert "training loss, mean of 5 points" in [curve["label"] for curve in loss["curves"]]
    drawn = {panel["title"]: len(panel["curves"]) for panel in header["panels"]}
    assert drawn["Machine, per cent in use"] == 1
    ranges = {panel["title"]: panel["range"] for panel in header["panels"]}
    assert ranges["Machine, per cent in use"] == [0, 100]
    assert ranges["Memory, GiB"] is None, "nothing was told of it"
    table = arrays["tokens"].reshape(-1, 2)
    assert table[-1].tolist() == [40, 36000]
    assert (np.diff(table, axis=0) > 0).all()
    assert reading.last is not None and "machine/cpu" not in reading.last.fields


def test_one_watch_serves_all_and_makes_things_once(tmp_path: Path) -> None:
    watch = Watch(EventReader(tmp_path))
    made: list[int] = []
    with EventWriter(tmp_path, 1) as events:
        for step in range(1, 5001):
            events.metric(step, {"train/loss": 1.0 / step, "train/nll": 0.5, "lr": 0.1})
        first, again = watch.read(), watch.read()
        assert first is again
        means = smoothed(watch.reader, 25)
        sent = first.points + sum(len(steps) for steps, _ in means.values())
        assert 800 < sent <= sum(POINTS.values()) + 2 * MEAN_POINTS == 2000
        for reading in (first, again):
            watch.draw("x", reading.version, lambda: made.append(1))
        events.metric(5001, {"train/loss": float("nan")})
    newer = watch.read()
    assert newer.version > first.version
    assert newer.step == 5001
    assert newer.gaps["train/loss"].tolist() == [5001]
    assert len(made) == 1


def test_a_part_of_an_epoch_is_no_point_of_the_epochs_curve(tmp_path: Path) -> None:
    with EventWriter(tmp_path, 1) as events:
        for step, share in ((10, 1.0), (20, 1.0), (24, 0.4)):
            events.metric(step, {"epoch/loss": 5.0 - step / 10, "epoch/share": share})
    reading = Watch(EventReader(tmp_path)).read()
    steps, means = reading.curves["epoch/loss"]
    assert steps.tolist() == [10, 20]
    assert means.tolist() == [4.0, 3.0]
