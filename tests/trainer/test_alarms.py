"""An alarm for what deserves one, once, and none for what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainer.alarms import FEWEST, Alarms
from trainer.events import EventReader, EventWriter


class Told:
    """Alarms over an event file, and the codes and steps that they raised."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.reader = EventReader(folder)
        self.alarms = Alarms(EventWriter(folder, 1))

    def losses(self, *values: float, first: int = 1) -> list[tuple[str, int]]:
        return self._see("train/loss", values, first)

    def held_out(self, *values: float, first: int = 1) -> list[tuple[str, int]]:
        return self._see("val/nll", values, first)

    def _see(self, name: str, values: tuple[float, ...], first: int) -> list[tuple[str, int]]:
        for step, value in enumerate(values, first):
            self.alarms.see(step, {name: value})
        return [(event.fields["code"], event.step or 0) for event in self.reader.read()]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path / "events")


def noisy(level: float, count: int) -> list[float]:
    return [level + 0.1 * ((7 * place) % 11 - 5) / 5 for place in range(count)]


def test_a_spike_is_told_once_until_it_is_over(told: Told) -> None:
    assert told.losses(*noisy(3.0, 40)) == []
    assert told.losses(5.0, 5.2, first=41) == [("spike", 41)]
    assert told.losses(*noisy(3.0, 5), 6.0, first=43) == [("spike", 48)]


def test_noise_and_a_steep_fall_are_no_spike(told: Told) -> None:
    falling = [8.0 - 0.1 * step for step in range(50)]
    assert told.losses(*falling, *noisy(3.0, 60)) == []


def test_before_there_is_a_measure_nothing_is_a_spike(told: Told) -> None:
    assert told.losses(*noisy(3.0, FEWEST - 1), 9.0) == []


def test_a_plateau(told: Told) -> None:
    assert told.held_out(4.0, 3.5, 3.2, 3.0, 2.9, 2.8, 2.7) == []
    assert told.held_out(2.699, 2.7, 2.698, 2.699, 2.698, 2.697, first=8) == [("plateau", 12)]
    assert told.held_out(2.4, first=14) == []
    assert told.held_out(*[2.4] * 6, first=15) == [("plateau", 19)]


def test_a_rise(told: Told) -> None:
    assert told.held_out(4.0, 3.0, 3.1, 3.2) == []
    assert told.held_out(3.3, 3.4, first=5) == [("rise", 5)]


def test_a_wobble_is_no_rise(told: Told) -> None:
    assert told.held_out(4.0, 3.0, 3.1, 3.005, 3.1, 2.9, 3.0) == []
