"""Checkpoints that are either whole or not there: written beside, synced, renamed, then listed."""

import hashlib
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch

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
    folder.mkdir(parents=True, exist_ok=True)
    for torn in folder.glob("*.part"):  # of a save that was killed
        torn.unlink(missing_ok=True)
    step = trainer.global_step
    path = folder / f"step={step:08d}.ckpt"
    beside = path.with_suffix(".part")
    try:
        trainer.save_checkpoint(beside)
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


def newest_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint whose content still has the hash it was listed with."""
    for checkpoint in listed_checkpoints(folder):
        path = folder / checkpoint.file
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:  # unreadable, or a training that goes on has just removed it
            continue
        if digest == checkpoint.sha256:
            return path
    return None


def read_checkpoint(path: Path) -> dict[str, Any]:
    """The content of a checkpoint, on the CPU, with nothing in it executed."""
    content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return content
