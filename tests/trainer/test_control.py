"""What is asked of a run, at the worst moments: heeded soon, nothing lost, one sentence."""

from __future__ import annotations

import codecs
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.trainer.small_runs import Tiny, attempt_here, events_of, metric, prepared_run
from trainer import control as trainer_control
from trainer import train as trainer_train
from trainer.checkpoints import listed_checkpoints
from trainer.control import FINISH_SHARE, StopRequested
from trainer.events import EventReader
from trainer.module import TrainingModule
from trainer.runs import Run
from trainer.tasks.translate import Translate
from trainer.validation import Validation


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def before_step(monkeypatch: pytest.MonkeyPatch, at: int, act: Callable[[Any], object]) -> None:
    """Do something in the middle of the update after step `at`, once: it has consumed a batch."""
    step = TrainingModule.training_step
    done: list[int] = []

    def training_step(module: Any, batch: Any, batch_idx: int) -> torch.Tensor:
        loss = step(module, batch, batch_idx)
        if module.global_step == at and not done:
            done.append(at)
            act(module)
        return loss

    monkeypatch.setattr(TrainingModule, "training_step", training_step)


def terminate(*anything: Any, **more: Any) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def stopped(run: Run, attempt: int = 1) -> str:
    with pytest.raises(StopRequested):
        attempt_here(run, attempt)
    end = events_of(run)[-1]
    assert (end.kind, end.fields["outcome"]) == ("end", "stopped")
    return str(end.fields["reason"])


@pytest.mark.parametrize("accumulate", [1, 3])
@pytest.mark.parametrize("how", ["file", "signal", "orphan"])
def test_a_stop_ends_with_the_update_it_falls_in(
    tiny: Tiny, runs: Path, monkeypatch: pytest.MonkeyPatch, how: str, accumulate: int
) -> None:
    run = prepared_run(tiny(accumulate=accumulate))
    acts = {
        "file": lambda module: (run.control / "stop").touch(),
        "signal": terminate,
        "orphan": lambda module: monkeypatch.setattr(os, "getppid", lambda: 1),
    }
    before_step(monkeypatch, 2, acts[how])
    why = "Its supervisor went away" if how == "orphan" else "It was asked to stop"
    assert stopped(run) == f"{why}; its state at step 3 is saved."
    assert list(metric(run, "train/loss")) == [1, 2, 3]
    assert listed_checkpoints(run.checkpoints)[0].step == 3


def test_a_stop_during_a_save_lets_it_end_and_is_heeded_then(
    tiny: Tiny, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = trainer_control.save_together

    def interrupted(trainer: Any, folder: Path) -> Any:
        terminate()
        return save(trainer, folder)

    monkeypatch.setattr(trainer_control, "save_together", interrupted)
    run = prepared_run(tiny(save_every=4))
    assert stopped(run) == "It was asked to stop; its state at step 4 is saved."
    assert list(metric(run, "train/loss")) == [1, 2, 3, 4]


@pytest.mark.parametrize("where", ["batches", "translations"])
def test_a_stop_during_a_validation_waits_for_nothing(
    tiny: Tiny, runs: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    if where == "batches":
        monkeypatch.setattr(TrainingModule, "validation_step", terminate)
    else:
        monkeypatch.setattr(Validation, "_translate", terminate)
    run = prepared_run(tiny(save_every=100, valid_every=3))
    assert stopped(run) == "It was asked to stop; its state at step 3 is saved."
    assert not metric(run, "val/nll")


def test_a_stop_while_the_data_are_prepared_and_a_resume_from_the_beginning(
    tiny: Tiny, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = prepared_run(tiny(steps=2, bleu_pairs=1))
    prepare = Translate.prepare
    monkeypatch.setattr(Translate, "prepare", terminate)
    said = "It was asked to stop; nothing is saved yet, so a resume begins at the beginning."
    assert stopped(run) == said
    monkeypatch.setattr(Translate, "prepare", prepare)
    attempt_here(run, 2)
    assert list(metric(run, "train/loss")) == [1, 2]
    notes = [e.fields["message"] for e in events_of(run) if e.kind == "alert"]
    assert notes[0] == "No checkpoint was there: it begins at the beginning."


def within_a_decoder(*anything: Any, **more: Any) -> None:
    """A text is being read: Python's codecs put words of theirs before what an error says."""

    def decode(text: Any, errors: str = "strict") -> tuple[str, int]:
        terminate()
        return "", len(text)

    def encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
        return b"", len(text)

    search = {"dawn_stopping": codecs.CodecInfo(encode, decode, name="dawn-stopping")}.get
    codecs.register(search)
    try:
        b"-".decode("dawn_stopping")
    finally:
        codecs.unregister(search)


def within_a_careless_library(*anything: Any, **more: Any) -> None:
    try:
        terminate()
    except Exception:
        raise ValueError("This file cannot be read.") from None


@pytest.mark.parametrize("code", [within_a_decoder, within_a_careless_library])
def test_a_stop_is_heard_in_code_that_handles_errors_of_its_own(
    tiny: Tiny, runs: Path, monkeypatch: pytest.MonkeyPatch, code: Callable[..., None]
) -> None:
    monkeypatch.setattr(Translate, "prepare", code)
    said = "It was asked to stop; nothing is saved yet, so a resume begins at the beginning."
    assert stopped(prepared_run(tiny(steps=2, bleu_pairs=1))) == said


def test_a_stop_in_the_first_update_waits_for_nothing(
    tiny: Tiny, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be a long one, and a resume learns it again."""
    monkeypatch.setattr(TrainingModule, "on_before_optimizer_step", terminate)
    assert stopped(prepared_run(tiny())).startswith("It was asked to stop; nothing is saved yet")


def test_a_second_signal_does_not_interrupt_the_ending(
    tiny: Tiny, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Translate, "prepare", terminate)
    written = trainer_train.EventWriter.write

    def write(events: Any, kind: str, **fields: Any) -> None:
        if kind == "end":
            terminate()
        written(events, kind, **fields)

    monkeypatch.setattr(trainer_train.EventWriter, "write", write)
    assert stopped(prepared_run(tiny())).startswith("It was asked to stop;")


@pytest.mark.parametrize("asked", [20, 33])
def test_finish_takes_a_tenth_to_a_fifth_of_the_steps_done(
    tiny: Tiny, runs: Path, monkeypatch: pytest.MonkeyPatch, asked: int
) -> None:
    run = prepared_run(tiny(steps=500, valid_every=500, save_every=500, schedule="constant"))
    before_step(monkeypatch, asked - 1, lambda module: (run.control / "finish").touch())
    attempt_here(run)
    last = max(metric(run, "train/loss"))
    assert 0.1 <= (last - asked) / asked <= 0.2
    assert last == asked + round(FINISH_SHARE * asked)
    rates = list(metric(run, "lr").values())
    assert rates[:asked] == [5e-3] * asked
    falling = rates[asked:]
    assert falling == sorted(set(falling), reverse=True) and falling[-1] < 5e-3 / 2
    assert list(metric(run, "val/nll")) == [last]
    assert listed_checkpoints(run.checkpoints)[0].step == last


def test_a_damaged_checkpoint_is_passed_over_with_an_alert(tiny: Tiny, runs: Path) -> None:
    run = prepared_run(tiny(steps=6, save_every=2, valid_every=6, bleu_pairs=1))
    attempt_here(run)
    losses = metric(run, "train/loss")
    (run.checkpoints / "step=00000006.ckpt").write_bytes(b"")
    attempt_here(run, 2)
    told = [e.fields["message"] for e in events_of(run) if e.kind == "alert" and e.attempt == 2]
    assert told[0] == "Damaged, so passed over: step=00000006.ckpt. It goes on from step 4."
    assert metric(run, "train/loss") == losses
    for path in run.checkpoints.glob("*.ckpt"):
        path.write_bytes(b"nothing")
    attempt_here(run, 3)
    told = [e.fields["message"] for e in events_of(run) if e.kind == "alert" and e.attempt == 3]
    assert told[0].endswith("It goes on from the beginning.")
    assert metric(run, "train/loss") == losses


def test_a_run_that_died_behind_its_last_save_is_finished_by_a_resume(
    tiny: Tiny, runs: Path
) -> None:
    run = prepared_run(tiny(steps=3, valid_every=100, save_every=100, bleu_pairs=1))
    for attempt in (1, 2):
        attempt_here(run, attempt)
    assert list(metric(run, "train/loss")) == [1, 2, 3]
    assert events_of(run)[-1].fields == {"outcome": "finished", "reason": "All steps are done."}


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_ends_it_with_the_checkpoint_before(
    tiny: Tiny, runs: Path, monkeypatch: pytest.MonkeyPatch, value: float
) -> None:
    step = TrainingModule.training_step

    def training_step(module: Any, batch: Any, batch_idx: int) -> torch.Tensor:
        loss = step(module, batch, batch_idx)
        if module.global_step == 2:
            module.totals += value
            loss = loss * value
        return loss

    monkeypatch.setattr(TrainingModule, "training_step", training_step)
    run = prepared_run(tiny(save_every=1))
    with pytest.raises(trainer_train.TrainingFailed):
        attempt_here(run)
    assert "finite number" in events_of(run)[-1].fields["reason"]
    assert [listed.step for listed in listed_checkpoints(run.checkpoints)] == [2, 1]
    shown = metric(run, "train/loss")[3]
    assert shown != shown or shown == float("inf"), "a gap, not a zero"


def test_a_loss_of_exactly_zero_is_a_value(
    tiny: Tiny, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = TrainingModule.training_step

    def training_step(module: Any, batch: Any, batch_idx: int) -> torch.Tensor:
        loss = 0 * step(module, batch, batch_idx)
        module.totals[:2] = 0
        return loss

    monkeypatch.setattr(TrainingModule, "training_step", training_step)
    run = prepared_run(tiny(steps=3, save_every=3, valid_every=3, bleu_pairs=1))
    attempt_here(run)
    reader = EventReader(run.events)
    reader.read()
    assert reader.series("train/loss")[1].tolist() == [0.0] * 3
    assert events_of(run)[-1].fields["outcome"] == "finished"
