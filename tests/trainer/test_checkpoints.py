"""A checkpoint is whole or not there, whatever happens while it is written."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.trainer.small_runs import ROOT
from trainer.checkpoints import (
    listed_checkpoints,
    newest_checkpoint,
    read_checkpoint,
    save_checkpoint,
)
from trainer.control import Control
from trainer.events import EventReader, EventWriter


class Trainer:
    """As much of Lightning's trainer as saving asks for."""

    def __init__(self, step: int, size: int = 1000) -> None:
        self.global_step, self.size = step, size
        self.lightning_module = self

    def is_finite(self) -> bool:
        return True

    def save_checkpoint(self, path: Path) -> None:
        torch.save({"global_step": self.global_step, "weights": torch.ones(self.size)}, path)


def save(folder: Path, *steps: int) -> None:
    for step in steps:
        save_checkpoint(Trainer(step), folder)  # type: ignore[arg-type]


def newest_step(folder: Path) -> int | None:
    path = newest_checkpoint(folder)
    return None if path is None else read_checkpoint(path)["global_step"]


def test_the_newest_two_are_kept(tmp_path: Path) -> None:
    assert newest_step(tmp_path) is None
    save(tmp_path, 5, 10, 1000)
    assert sorted(path.name for path in tmp_path.glob("*.ckpt")) == [
        "step=00000010.ckpt",
        "step=00001000.ckpt",
    ]
    assert [listed.step for listed in listed_checkpoints(tmp_path)] == [1000, 10]
    assert newest_step(tmp_path) == 1000


@pytest.mark.parametrize("damage", ["cut short", "a bit flipped", "empty", "gone"])
def test_a_damaged_one_is_passed_over(tmp_path: Path, damage: str) -> None:
    save(tmp_path, 1, 2)
    path = tmp_path / "step=00000002.ckpt"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    contents = {"cut short": data[: len(data) // 2], "a bit flipped": data, "empty": b""}
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(bytes(contents[damage]))
    assert newest_step(tmp_path) == 1


def test_all_damaged_is_none(tmp_path: Path) -> None:
    save(tmp_path, 1)
    (tmp_path / "step=00000001.ckpt").write_bytes(b"nothing")
    assert newest_checkpoint(tmp_path) is None


def test_a_torn_line_of_the_manifest_costs_no_other(tmp_path: Path) -> None:
    save(tmp_path, 1)
    with (tmp_path / "manifest.jsonl").open("a") as manifest:
        manifest.write('{"file": "step=000')
    save(tmp_path, 2)
    assert [listed.step for listed in listed_checkpoints(tmp_path)] == [2, 1]


def test_a_manifest_leads_nowhere_else(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoints"
    save(folder, 1)
    (folder / "step=00000001.ckpt").rename(tmp_path / "step=00000001.ckpt")
    manifest = folder / "manifest.jsonl"
    manifest.write_text(manifest.read_text().replace("step=", "../step="))
    assert newest_checkpoint(folder) is None


def test_nothing_in_a_checkpoint_is_executed(tmp_path: Path) -> None:
    class Harmful:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return os.mkdir, (str(tmp_path / "done"),)

    torch.save({"global_step": Harmful()}, tmp_path / "evil.ckpt")
    with pytest.raises(pickle.UnpicklingError):
        read_checkpoint(tmp_path / "evil.ckpt")
    assert not (tmp_path / "done").exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.trainer.test_checkpoints import Trainer
from trainer.checkpoints import save_checkpoint

class Dying(Trainer):
    def save_checkpoint(self, path):
        super().save_checkpoint(path)
        with open(path, "r+b") as file:
            file.truncate(path.stat().st_size // 2)
        os.kill(os.getpid(), signal.SIGKILL)

save_checkpoint(Trainer(1), Path(sys.argv[1]))
save_checkpoint(Dying(2), Path(sys.argv[1]))
"""


@pytest.mark.slow
def test_a_kill_while_saving_leaves_the_one_before(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, check=False, timeout=120
    )
    assert done.returncode == -signal.SIGKILL
    assert newest_step(tmp_path) == 1
    assert list(tmp_path.glob("*.part")), "it died while it wrote"
    save(tmp_path, 3)
    assert newest_step(tmp_path) == 3
    assert not list(tmp_path.glob("*.part")), "the torn one is cleared away"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KiB, where we may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        pytest.skip("did not run: a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True, timeout=10)


@pytest.mark.slow
def test_a_full_disk_leaves_the_one_before_and_an_alert(small_disk: Path, tmp_path: Path) -> None:
    with EventWriter(tmp_path, 1) as events:
        control = Control(events, small_disk, save_every=1, valid_every=1)
        control.save(Trainer(1, 20_000))  # type: ignore[arg-type]
        control.save(Trainer(2, 60_000))  # type: ignore[arg-type]
        control.save(Trainer(3, 20_000))  # type: ignore[arg-type]
    checkpoints = small_disk / "checkpoints"
    told = EventReader(tmp_path).read()
    assert [(event.kind, event.step) for event in told] == [
        ("checkpoint", 1),
        ("alert", 2),
        ("checkpoint", 3),
    ]
    assert told[1].fields["message"].startswith("The checkpoint could not be saved (")
    assert [listed.step for listed in listed_checkpoints(checkpoints)] == [3, 1]
    assert newest_step(checkpoints) == 3
    assert not list(checkpoints.glob("*.part"))
