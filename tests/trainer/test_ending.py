"""A kill ends what is left of a run and nobody else, and says what it costs."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time

import pytest

from tests.trainer.posed_runs import Running
from tests.trainer.workshop import Workshop, ended, gone, processes, training, wait_for_status
from trainer.checkpoints import Checkpoint, list_checkpoint
from trainer.ending import kill, what_is_lost
from trainer.events import EventWriter
from trainer.locks import take_lock
from trainer.records import read_record, write_record
from trainer.runs import RunError

pytestmark = pytest.mark.usefixtures("runs")


@pytest.mark.parametrize(
    ("step", "saved", "sentence"),
    [
        (None, None, "Nothing is lost: it has not trained a step yet."),
        (7, None, "All it has learned is lost, 7 steps: nothing is saved yet."),
        (1200, 100, "What it learned since step 100 was saved is lost: 1,100 steps."),
        (101, 100, "What it learned since step 100 was saved is lost: one step."),
        (100, 100, "Nothing is lost: step 100 is saved."),
    ],
)
def test_what_a_kill_costs(
    running: Running, step: int | None, saved: int | None, sentence: str
) -> None:
    run = running()
    with EventWriter(run.events, 1) as events:
        events.phase("training", expect=20.0)
        if step is not None:
            events.metric(step, {"train/loss": 0.0})
    if saved is not None:
        (run.checkpoints / "it.ckpt").write_bytes(b"x")
        manifest = run.checkpoints / "manifest.jsonl"
        list_checkpoint(manifest, Checkpoint("it.ckpt", saved, 1, "0", 0.0))
    assert what_is_lost(run) == sentence


def test_a_kill_is_at_once_and_on_record(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAWN_GRACE", "600")
    run = workshop.start("deaf")
    training(run)
    lost = what_is_lost(run)
    assert re.fullmatch(r"All it has learned is lost, .* steps?: nothing is saved yet\.", lost)
    kill(run)
    stands = wait_for_status(run, lambda s: not s.alive, seconds=5.0)
    assert stands.state == "stopped" and stands.reason.startswith("It was killed as asked;")
    with pytest.raises(RunError, match="nothing to kill"):
        kill(run)
    assert ended(workshop.resume(run, "short")).state == "finished", "the wish to kill is forgotten"


def test_a_kill_passes_over_a_supervisor_that_hangs(workshop: Workshop) -> None:
    """The holder of the device is stopped (SIGSTOP): killed, it lets the next one have it."""
    holder = workshop.start("steady", run_id="holder")
    training(holder)
    trainer, supervisor = processes(holder)
    os.kill(supervisor, signal.SIGSTOP)
    waiting = workshop.start("short", run_id="waiting")
    wait_for_status(waiting, lambda s: s.place == 1)
    kill(holder, patience=0.3)
    wait_for_status(holder, lambda s: not s.alive, seconds=5.0)
    assert gone(trainer)
    assert ended(waiting).state == "finished"


def test_a_kill_never_hits_a_process_that_was_given_the_number(workshop: Workshop) -> None:
    run = workshop.start("short")
    ended(run)
    record = read_record(run.process_record(1))
    assert record
    bystander = subprocess.Popen(["sleep", "60"], process_group=0)
    try:
        numbers = {"pid": bystander.pid, "supervisor_pid": bystander.pid}
        write_record(run.process_record(1), record | numbers)
        with pytest.raises(RunError, match="nothing to kill"):
            kill(run)
        run.exit_record(1).unlink()
        held = take_lock(run.lock)  # by a supervisor that does not react
        assert held is not None
        kill(run, patience=0.1)
        os.close(held)
        time.sleep(0.1)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()
