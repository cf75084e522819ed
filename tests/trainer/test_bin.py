"""Deleting moves a run into the bin, never a living one, and comes back whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.trainer.small_runs import wait_for
from trainer import bin as bin_module
from trainer.__main__ import main
from trainer.bin import binned, delete, deleted_id, empty_bin, restore
from trainer.launch import launch, resume
from trainer.locks import is_locked, take_lock
from trainer.notes import notes, read_notes, write_notes
from trainer.records import boot_id, process_start, write_record
from trainer.runs import RunError, create_run, list_runs, open_run, request, status

CONFIG = {"preset": "nano", "device": "cpu"}
pytestmark = pytest.mark.usefixtures("runs")


def test_a_deleted_run_comes_back_as_it_was(runs: Path) -> None:
    run = create_run(CONFIG, [], run_id="mine")
    write_notes(run, notes("Keep me"))
    before = sorted(path.relative_to(run.path) for path in run.path.rglob("*"))
    assert delete(run) == runs / ".bin" / "mine"
    assert list_runs() == []
    with pytest.raises(RunError, match="There is no run named 'mine'"):
        open_run("mine")
    assert [deleted_id(found) for found in binned()] == ["mine"]
    back = restore("mine")
    assert back == run
    after = sorted(path.relative_to(run.path) for path in run.path.rglob("*"))
    assert [path for path in after if path.name != "run.lock"] == before
    assert read_notes(back).name == "Keep me"
    assert binned() == []


def test_the_one_deleted_last_comes_back_first() -> None:
    for name in ("first", "second"):
        run = create_run(CONFIG, [], run_id="mine")
        write_notes(run, notes(name))
        delete(run)
    assert read_notes(restore("mine")).name == "second"
    with pytest.raises(RunError, match="another run named 'mine' now"):
        restore("mine")
    delete(open_run("mine"))
    shutil.rmtree(binned()[0].path)
    assert len(binned()) == 1
    restore("mine")


def test_a_run_whose_lock_is_held_is_refused() -> None:
    run = create_run(CONFIG, [], run_id="mine")
    holder = take_lock(run.lock)
    assert holder is not None
    with pytest.raises(RunError, match="has not ended yet: stop it before you delete"):
        delete(run)
    os.close(holder)
    delete(run)


@pytest.mark.slow
def test_a_living_and_a_waiting_run_are_refused(tmp_path: Path) -> None:
    code = "import sys, time; from pathlib import Path\n"
    code += "while not (Path(sys.argv[1]) / 'control' / 'stop').exists(): time.sleep(0.02)\n"
    trainer = [sys.executable, "-c", code]
    first = launch(CONFIG, [], run_id="first", trainer=trainer)
    second = launch(CONFIG, [], run_id="second", trainer=trainer)
    try:
        wait_for(first, lambda: status(first).state == "running")
        assert status(second).state == "queued"
        for run in (first, second):
            with pytest.raises(RunError, match="has not ended yet: stop it before you delete"):
                delete(run)
        assert len(list_runs()) == 2
    finally:
        for run in (second, first):
            request(run, "stop")
            wait_for(run, partial(lambda run: not is_locked(run.lock), run))
    delete(first)
    delete(second)
    assert list_runs() == []


def test_a_trainer_that_outlives_its_supervisor_is_not_pulled_away() -> None:
    run = create_run(CONFIG, [], run_id="mine")
    with subprocess.Popen(["sleep", "30"]) as trainer:
        identity = {"start_time": process_start(trainer.pid), "boot_id": boot_id()}
        write_record(run.process_record(1), {"attempt": 1, "pid": trainer.pid, **identity})
        with pytest.raises(RunError, match="still ending"):
            delete(run)
        trainer.kill()
    delete(run)


def test_a_resume_cannot_come_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    run = create_run(CONFIG, [], run_id="mine")
    run.exit_record(1).write_text('{"code": 0}')
    refused = []
    move = os.rename

    def move_while_another_resumes(source: Path, target: Path) -> None:
        with pytest.raises(RunError) as caught:
            resume(run, trainer=["true"])
        refused.append(str(caught.value))
        move(source, target)

    monkeypatch.setattr(bin_module.os, "rename", move_while_another_resumes)
    delete(run)
    monkeypatch.undo()
    assert refused == ["The run mine has not ended yet: stop it before you resume it."]


def test_emptying_says_what_it_frees_and_is_for_good(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = create_run(CONFIG, [], run_id="mine")
    (run.checkpoints / "step=1.ckpt").write_bytes(b"x" * 5_000_000)
    assert main(["delete", "mine"]) == 0
    assert "python -m trainer restore mine" in capsys.readouterr().out
    assert main(["bin"]) == 0
    assert "mine" in (listed := capsys.readouterr().out)
    assert "5.0 MB" in listed
    leftover = runs / ".emptied-killed" / ".bin" / "older"
    leftover.mkdir(parents=True)
    assert main(["bin", "--empty"]) == 0
    assert "5.0 MB" in capsys.readouterr().out
    assert sorted(path.name for path in runs.iterdir()) == []
    assert empty_bin() == 0
    assert main(["restore", "mine"]) == 2
    assert "no run named 'mine' in the bin" in capsys.readouterr().err


def test_the_command_line_restores(capsys: pytest.CaptureFixture[str]) -> None:
    delete(create_run(CONFIG, [], run_id="mine"))
    assert main(["restore", "mine"]) == 0
    assert open_run("mine").id == "mine"
    assert main(["delete", "../mine"]) == 2


def test_a_run_removed_by_hand_is_one_sentence(runs: Path) -> None:
    run = create_run(CONFIG, [], run_id="mine")
    shutil.rmtree(run.path)
    with pytest.raises(RunError, match="not there any more"):
        delete(run)
    assert not (runs / ".bin" / "mine").exists()
