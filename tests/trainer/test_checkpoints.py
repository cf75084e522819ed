"""A checkpoint is whole or not there, whatever happens while it is written."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from tests.trainer.small_runs import (
    ROOT,
    TINY,
    as_tsv,
    attempt_here,
    events_of,
    prepared_run,
    word_pairs,
)
from trainer.checkpoints import (
    listed_checkpoints,
    newest_checkpoint,
    read_checkpoint,
    save_checkpoint,
)
from trainer.control import Control
from trainer.events import EventReader, EventWriter
from trainer.presets import resolve
from trainer.train import TrainingFailed


class Trainer:
    """As much of Lightning's trainer as saving asks for."""

    def __init__(self, step: int, size: int = 1000) -> None:
        self.global_step, self.size = step, size
        self.lightning_module = self
        self.strategy = SimpleNamespace(checkpoint_io=None)

    def is_finite(self) -> bool:
        return True

    def save_checkpoint(self, path: Path, weights_only: bool) -> None:
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
    def save_checkpoint(self, path, weights_only):
        super().save_checkpoint(path, weights_only)
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


SAVING = """
import os, random, signal, sys, time
from pathlib import Path
import torch
from tests.trainer.test_checkpoints import Trainer
from trainer.checkpoints import (
    find_checkpoint, listed_checkpoints, read_checkpoint, save_checkpoint,
)

folder, draw, newest, died_saving = Path(sys.argv[1]), random.Random(1), 0, 0
for death in range(50):
    child = os.fork()
    if child == 0:
        step = newest
        while True:
            step += 1
            save_checkpoint(Trainer(step, 300_000), folder)
    # long enough for a save or two, so that one is there to lose
    time.sleep(draw.uniform(0.0, 0.08) + (0.3 if death == 0 else 0.0))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    died_saving += any(folder.glob("*.part"))
    listed = listed_checkpoints(folder)
    found = find_checkpoint(folder)
    assert found.path and not found.damaged, f"death {death}: {found}"
    for checkpoint in listed:
        content = read_checkpoint(folder / checkpoint.file)
        assert content["global_step"] == checkpoint.step
    assert read_checkpoint(found.path)["global_step"] >= newest, "nothing that was saved is lost"
    newest = listed[0].step
print(died_saving, newest)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="did not run: no fork here")
def test_fifty_kills_while_saving_leave_no_checkpoint_that_cannot_be_read(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SAVING, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=150,
    )
    assert done.returncode == 0, done.stderr
    died_saving, newest = map(int, done.stdout.split())
    assert died_saving > 10 and newest > 10, "they did die while they saved"


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


@pytest.mark.slow
def test_a_full_disk_under_a_whole_run_costs_saves_and_lines_and_never_the_training(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events and checkpoints lie on a disk of 256 KiB: too small for a checkpoint."""
    monkeypatch.setenv("DAWN_RUNS", str(small_disk))
    corpus = tmp_path / "words.tsv"
    corpus.write_text(as_tsv(word_pairs(200)))
    steps = {"steps": 6, "save_every": 2, "valid_every": 6, "bleu_pairs": 1}
    run = prepared_run(resolve("nano", TINY | {"data": str(corpus)} | steps))
    (run.control / "save").touch()
    with pytest.raises(TrainingFailed, match="the disk did not take the last of them"):
        attempt_here(run)
    told = events_of(run)
    refused = [e for e in told if "could not be saved" in str(e.fields.get("message"))]
    assert {e.step for e in refused} == {1, 2, 4, 6}
    assert [e.step for e in told if "train/loss" in e.fields] == [1, 2, 3, 4, 5, 6]
    assert told[-1].fields["outcome"] == "failed"
    assert not list(run.checkpoints.glob("*.part")) and not listed_checkpoints(run.checkpoints)
