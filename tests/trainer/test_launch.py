"""Launching: one path, no gap, and one run for two launches of one id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from trainer.launch import launch, resume
from trainer.locks import is_locked
from trainer.records import read_record
from trainer.runs import Run, RunError, create_run, list_runs, request, status

ROOT = Path(__file__).resolve().parents[2]
CONFIG = {"preset": "nano", "device": "cpu"}

TRAINER = """
import os, sys, time
from pathlib import Path
from trainer.events import EventWriter

folder, attempt = Path(sys.argv[1]), int(sys.argv[3])
with EventWriter(folder / "events", attempt) as events:
    inherited = [os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if n > "2"
                 and os.path.exists(f"/proc/self/fd/{n}")]
    events.write("sample", nice=os.nice(0), stdin=os.readlink("/proc/self/fd/0"),
                 session=os.getsid(0), files=inherited, cwd=os.getcwd())
    for step in range(10_000):
        if (folder / "control" / "stop").exists():
            break
        time.sleep(0.02)
    events.write("end", outcome="stopped", reason="Enough.")
"""


@pytest.fixture
def trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path / "runs"))
    script = tmp_path / "train.py"
    script.write_text(TRAINER)
    yield [sys.executable, str(script)]
    for run in list_runs():
        end(run)


def end(run: Run) -> None:
    deadline = time.monotonic() + 20
    while is_locked(run.lock):
        (run.control / "stop").touch()
        assert time.monotonic() < deadline, status(run)
        time.sleep(0.02)


def told(run: Run) -> dict:
    """What the trainer above says of itself."""
    from trainer.events import EventReader

    reader, deadline = EventReader(run.events), time.monotonic() + 20
    while not reader.of_kind("sample"):
        reader.read()
        assert time.monotonic() < deadline, run.log.read_text()
        time.sleep(0.02)
    return reader.of_kind("sample")[0].fields


def test_a_launch_returns_at_once_and_the_run_is_never_lost(trainer: list[str]) -> None:
    """A watcher looks at the folder all the time: from its first sight the run is alive."""
    states: set[str] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            states.update(status(run).state for run in list_runs())

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in range(3):
        began = time.monotonic()
        run = launch(CONFIG, ["train"], trainer=trainer)
        assert time.monotonic() - began < 20.0, "at once: the run takes minutes"
        assert status(run).alive
    told(list_runs()[-1])
    done.set()
    watcher.join()
    assert states <= {"queued", "running"} and states


def test_what_could_not_be_started_never_was(
    trainer: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/no/such/python")
        with pytest.raises(RunError, match="could not be started"):
            launch(CONFIG, ["train"], run_id="one", trainer=trainer)
    (run,) = list_runs()
    assert status(run).reason == "It was prepared and never started."
    assert status(launch(CONFIG, ["train"], run_id="one", trainer=trainer)).alive
    end(run)
    assert status(run).attempt == 1
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/no/such/python")
        with pytest.raises(RunError, match="could not be started"):
            resume(run, trainer=trainer)
    assert (status(run).state, status(run).attempt) == ("stopped", 1)


def test_the_trainer_lives_apart(trainer: list[str]) -> None:
    run = launch(CONFIG, ["train"], trainer=trainer)
    says = told(run)
    assert says["nice"] >= 10 and says["stdin"] == os.devnull
    assert says["session"] != os.getsid(0) and says["cwd"] == os.getcwd()
    held = [Path(name).name for name in says["files"] if name.endswith(".lock")]
    assert held == [".device-cpu.lock"], "the device stays taken as long as the trainer lives"


@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT"])
def test_a_run_survives_its_launcher(trainer: list[str], how: str) -> None:
    """The app is killed, or Ctrl-C goes to all of its terminal; the run goes on until asked."""
    program = (
        "import os, signal; from trainer.launch import launch\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # where a job has it ignored
        f"launch({CONFIG!r}, ['train'], run_id='orphan', trainer={trainer!r})\n"
        f"os.killpg(0, signal.{how})"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, cwd=ROOT, timeout=60, start_new_session=True, stderr=subprocess.DEVNULL
    )
    assert done.returncode == -signal.Signals[how]
    (run,) = list_runs()
    told(run)
    assert status(run).state == "running"
    request(run, "stop")
    end(run)
    assert status(run).state == "stopped"


def test_two_launches_of_one_id_are_one_run(trainer: list[str]) -> None:
    runs: list[Run] = []

    def start() -> None:
        runs.append(launch(CONFIG, ["train"], run_id="once", trainer=trainer))

    threads = [threading.Thread(target=start) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {run.path for run in runs} == {runs[0].path} and len(runs) == 5
    told(runs[0])
    assert len(list(runs[0].path.glob("proc-*.json"))) == 1
    end(runs[0])
    again = launch(CONFIG, ["train"], run_id="once", trainer=trainer)
    assert again == runs[0] and status(again).state == "stopped"
    assert again.spec["config"] == CONFIG


def test_a_prepared_run_is_started_once(trainer: list[str]) -> None:
    run = create_run(CONFIG, ["train"], run_id="prepared")
    launch(CONFIG, ["train"], run_id="prepared", trainer=trainer)
    launch(CONFIG, ["train"], run_id="prepared", trainer=trainer)
    told(run)
    process = read_record(run.process_record(1))
    assert process and status(run).attempt == 1


def test_a_folder_without_a_run_is_named(trainer: list[str], tmp_path: Path) -> None:
    (tmp_path / "runs" / "mine").mkdir(parents=True)
    with pytest.raises(RunError, match="holds no run"):
        launch(CONFIG, ["train"], run_id="mine", trainer=trainer)


def test_bad_launches_are_one_sentence(
    trainer: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RunError, match="cannot name a run"):
        launch(CONFIG, ["train"], run_id="../x", trainer=trainer)
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path / "file"))
    with pytest.raises(RunError, match="DAWN_RUNS"):
        launch(CONFIG, ["train"], trainer=trainer)


def test_a_broken_run_is_not_resumed(trainer: list[str]) -> None:
    run = create_run(CONFIG, ["train"])
    (run.path / "spec.json").write_text("{")
    with pytest.raises(RunError, match=r"spec\.json"):
        resume(list_runs()[0], trainer=trainer)


def test_a_folder_that_refuses_a_resume_is_one_sentence(trainer: list[str]) -> None:
    run = create_run(CONFIG, [])
    run.control.rmdir()
    run.control.write_text("in the way")
    with pytest.raises(RunError, match="Cannot write to"):
        resume(run, trainer=trainer)
    assert not is_locked(run.lock)


@pytest.mark.slow
def test_a_runs_folder_that_is_read_only(trainer: list[str], tmp_path: Path) -> None:
    """A real read-only mount: root may write anywhere else."""
    folder = tmp_path / "runs"
    run = create_run(CONFIG, ["train"], run_id="earlier")
    bind = [["mount", "--bind", str(folder), str(folder)]]
    bind.append(["mount", "-o", "remount,ro,bind", str(folder)])
    try:
        for command in bind:
            subprocess.run(command, check=True, capture_output=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)
        pytest.skip("did not run: a read-only folder cannot be mounted here")
    try:
        with pytest.raises(RunError, match=r"Cannot write to .* set DAWN_RUNS"):
            launch(CONFIG, ["train"], trainer=trainer)
        with pytest.raises(RunError, match="Cannot write to"):
            resume(run, trainer=trainer)
        assert [found.id for found in list_runs()] == ["earlier"]
        assert status(run).state == "stopped"
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True, timeout=10)
