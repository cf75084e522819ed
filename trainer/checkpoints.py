"""Checkpoints that are either whole or not there: written beside, synced, renamed, then listed.

torch is imported where one is read: what is there can be told without it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pytorch_lightning as pl

MANIFEST = "manifest.jsonl"
KEEP = 2


@dataclass(frozen=True)
class Checkpoint:
    """A line of the manifest: size in bytes, wall in seconds since 1970."""

    file: str
    step: int
    size: int
    sha256: str
    wall: float


def save_checkpoint(trainer: pl.Trainer, folder: Path) -> Checkpoint:
    """Write the state of `trainer` into `folder`; older files beyond the newest two go afterwards.

    Raises OSError where the disk refuses; what was there before is untouched then.
    """
    with contextlib.suppress(OSError):  # the save itself says what is wrong
        folder.mkdir(parents=True, exist_ok=True)
        for torn in folder.glob("*.part"):  # of a save that was killed
            torn.unlink(missing_ok=True)
    step = trainer.global_step
    path = folder / f"step={step:08d}.ckpt"
    beside = path.with_suffix(".part")
    try:
        trainer.save_checkpoint(beside, weights_only=False)  # named, or Lightning remarks on it
        with beside.open("rb") as file:
            os.fsync(file.fileno())
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    checkpoint = Checkpoint(path.name, step, size, digest, time.time())
    list_checkpoint(folder / MANIFEST, checkpoint)
    kept = {listed.file for listed in listed_checkpoints(folder)[:KEEP]}
    for old in folder.glob("step=*.ckpt"):
        if old.name not in kept:
            old.unlink(missing_ok=True)
    return checkpoint


def list_checkpoint(manifest: Path, checkpoint: Checkpoint) -> None:
    """Append a line to the manifest, on a line of its own also behind a torn one."""
    torn = manifest.exists() and not manifest.read_bytes().endswith(b"\n")
    with manifest.open("a", encoding="utf-8") as file:
        file.write("\n" * torn + json.dumps(asdict(checkpoint)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def listed_checkpoints(folder: Path) -> list[Checkpoint]:
    """The manifest's checkpoints whose files are there, newest first; torn lines are skipped."""
    found: dict[str, Checkpoint] = {}
    manifest = folder / MANIFEST
    if not manifest.exists():
        return []
    for line in manifest.read_text("utf-8", errors="replace").splitlines():
        try:
            checkpoint = Checkpoint(**json.loads(line))
        except (ValueError, TypeError):
            continue
        found[checkpoint.file] = checkpoint
    there = [
        c for c in found.values() if Path(c.file).name == c.file and (folder / c.file).exists()
    ]
    return sorted(there, key=lambda checkpoint: -checkpoint.step)


class Found(NamedTuple):
    """The newest sound checkpoint, and the names of the newer ones that are not."""

    path: Path | None
    damaged: list[str]


def find_checkpoint(folder: Path) -> Found:
    """The newest checkpoint whose content still has the hash it was listed with."""
    damaged: list[str] = []
    for checkpoint in listed_checkpoints(folder):
        path = folder / checkpoint.file
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:  # unreadable, or a training that goes on has just removed it
            digest = ""
        if digest == checkpoint.sha256:
            return Found(path, damaged)
        damaged.append(checkpoint.file)
    return Found(None, damaged)


def newest_checkpoint(folder: Path) -> Path | None:
    """The newest sound checkpoint alone."""
    return find_checkpoint(folder).path


def what_is_saved(folder: Path) -> str:
    """What a resume would go on from, as the second half of a sentence."""
    saved = listed_checkpoints(folder)
    if not saved:
        return "nothing is saved yet, so a resume begins at the beginning"
    return f"its state at step {saved[0].step:,} is saved"


def read_checkpoint(path: Path) -> dict[str, Any]:
    """The content of a checkpoint, on the CPU, with nothing in it executed."""
    import torch

    content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return content
