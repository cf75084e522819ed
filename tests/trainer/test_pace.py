"""The promise of a training follows what a logged point takes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from trainer import pace as trainer_pace
from trainer.events import EventReader, EventWriter
from trainer.pace import FACTOR, FIRST_SECONDS, LEAST_SECONDS, Pace


class Machine:
    """Takes so many seconds for each update of two batches, on a clock of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, log_every: int) -> None:
        self.now, self.trainer = 0.0, cast(Any, SimpleNamespace(global_step=0))
        monkeypatch.setattr(trainer_pace, "time", SimpleNamespace(monotonic=lambda: self.now))
        self.folder = folder
        self.pace = Pace(EventWriter(folder, 1), log_every)
        self.pace.on_train_start(self.trainer, None)

    def train(self, updates: int, seconds: float) -> None:
        begin: Any = self.pace.on_train_batch_start
        for _ in range(updates):
            for batch in range(2):
                begin(self.trainer, None, None, batch)
                self.now += seconds / 2
            self.trainer.global_step += 1
        begin(self.trainer, None, None, 0)

    def validate(self, seconds: float) -> None:
        hooks: Any = self.pace
        hooks.on_validation_start(self.trainer, None)
        self.now += seconds
        hooks.on_validation_end(self.trainer, None)

    def promises(self) -> list[float]:
        return [e.fields["expect"] for e in EventReader(self.folder).read()]


def test_a_slow_machine_promises_later_a_fast_one_sooner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(tmp_path, monkeypatch, log_every=10)
    assert machine.pace.promised == FIRST_SECONDS
    machine.pace.say(0)
    machine.train(50, seconds=0.1)
    assert LEAST_SECONDS < machine.pace.promised < 30
    machine.train(5, seconds=60.0)  # ten minutes between two points
    assert machine.pace.promised >= FACTOR * 600
    machine.train(100, seconds=0.1)
    assert machine.pace.promised < 60
    assert len(machine.promises()) <= 15, "said anew only where it changed"
    told = [e.fields["update_seconds"] for e in EventReader(machine.folder).read()]
    assert told[0] is None and told[1] == pytest.approx(0.1) and max(told[1:]) == 60.0


@pytest.mark.parametrize("every", [1, 3])
def test_a_validation_is_no_update(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    machine = Machine(tmp_path, monkeypatch, log_every=1)
    for _ in range(8):
        machine.train(every, seconds=2.0)
        machine.validate(500.0)
    assert LEAST_SECONDS + 2 * FACTOR <= machine.pace.promised <= 40
    assert machine.promises()[-1] == pytest.approx(machine.pace.promised, abs=0.1)
