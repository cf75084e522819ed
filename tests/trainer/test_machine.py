"""What is read of the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from trainer import machine
from trainer.events import EventReader, EventWriter
from trainer.export import metrics_lines
from trainer.machine import GIB, Gpus, Monitor, Processes
from trainer.runs import Run, create_run

BUSY = "held = bytearray(64 << 20)\nwhile True: pass"
SMI = """#!/bin/sh
echo "40, 1024"
echo "60, 3072"
echo "[N/A], [N/A]"
"""


@pytest.fixture
def busy() -> Iterator[subprocess.Popen[bytes]]:
    """A process that works and holds 64 MiB."""
    child = subprocess.Popen([sys.executable, "-c", BUSY])
    yield child
    child.kill()
    child.wait()


@pytest.fixture
def run(runs: Path) -> Run:
    return create_run({"preset": "nano"}, ["test"], run_id="it")


def test_processor_and_memory_of_a_run(busy: subprocess.Popen[bytes]) -> None:
    pytest.importorskip("psutil")
    processes = Processes(busy.pid)
    assert "run_cpu" not in processes.read(), "a share needs two looks"
    readings: dict[str, float] = {}
    deadline = time.monotonic() + 20
    while readings.get("run_memory", 0) < 64 / 1024 or not readings["run_cpu"]:
        assert time.monotonic() < deadline
        time.sleep(0.3)
        readings = processes.read()
    assert readings["run_cpu"] < 1.5
    assert readings["run_memory"] < 0.5
    assert 0 < readings["cpu"] <= 100
    assert 0 < readings["memory"] < 100


def test_children_count_and_the_dead_hold_nothing() -> None:
    pytest.importorskip("psutil")
    start = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}])"
    parent = subprocess.Popen([sys.executable, "-c", start], start_new_session=True)
    try:
        deadline = time.monotonic() + 20
        processes = Processes(parent.pid)
        while processes.read().get("run_memory", 0) < 64 / 1024:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        os.killpg(parent.pid, 9)
        parent.wait()
    assert "run_memory" not in processes.read()


def test_without_psutil_nothing_is_invented(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psutil", None)
    assert Processes(os.getpid()).read() == {}


def smi(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Gpus:
    program = folder / "nvidia-smi"
    program.write_text(script)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return Gpus()


def answer(gpus: Gpus) -> dict[str, float]:
    """What is read once nvidia-smi has answered."""
    assert gpus.read() == {}
    assert gpus.asked is not None
    gpus.asked.wait(20)
    return gpus.read()


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (SMI, {"gpu": 50.0, "gpu_memory": 4.0}),
        ("#!/bin/sh\nexit 9\n", {}),
        ("#!/bin/sh\nexit 0\n", {}),
    ],
    ids=["two, and one that is shared out", "refused", "none"],
)
def test_gpus_of_nvidia_smi(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, told: dict[str, float]
) -> None:
    gpus = smi(tmp_path, script, monkeypatch)
    assert answer(gpus) == told
    gpus.close()


def test_nobody_waits_for_an_nvidia_smi_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpus = smi(tmp_path, "#!/bin/sh\nexec sleep 600\n", monkeypatch)
    assert gpus.read() == gpus.read() == {}
    asked = gpus.asked
    assert asked is not None and asked.poll() is None
    gpus.close()
    assert asked.poll() is not None


def test_readings_are_metrics_at_the_newest_step(run: Run) -> None:
    with EventWriter(run.events, 1) as trainer:
        trainer.phase("training", expect=60, step=0)
        trainer.metric(7, {"train/loss": 3.0})
    monitor = Monitor(run, 1, os.getpid())
    monitor.look()
    monitor.look()  # too soon for another one
    reader = EventReader(run.events)
    reader.read()
    steps, values = reader.series("machine/disk_free")
    assert steps.tolist() == [7]
    assert values[0] == pytest.approx(shutil.disk_usage(run.path).free / GIB, rel=0.2)
    told = reader.read()
    assert metrics_lines(told) == ""


def test_a_full_disk_is_told_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "EVERY", 0.0)
    free = iter([50 * GIB, GIB // 2, GIB // 2, 50 * GIB, GIB // 2])
    monkeypatch.setattr(machine, "disk_free", lambda path: next(free))
    monitor = Monitor(run, 1, os.getpid())
    for _ in range(5):
        monitor.look()
    reader = EventReader(run.events)
    reader.read()
    alerts = [event.fields["message"] for event in reader.of_kind("alert")]
    assert alerts == ["Only 0.5 GiB are left on the disk: free some space there."] * 2


def test_a_disk_too_small_for_the_next_checkpoints_is_low(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (run.checkpoints / "step=00000001.ckpt").open("wb") as file:
        file.truncate(GIB)  # a sparse file: no disk is used
    monkeypatch.setattr(machine, "disk_free", lambda path: 2 * GIB)
    Monitor(run, 1, os.getpid()).look()
    reader = EventReader(run.events)
    reader.read()
    assert [event.fields["code"] for event in reader.of_kind("alert")] == ["disk"]
