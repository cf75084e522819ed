"""The waiting line for a device: one training run at a time on the CPU, one on each GPU.

`runs/.device-cpu.lock` is held by the supervisor whose run trains. `runs/.line-cpu/` has a ticket
for each run that waits, named by the time it came; a ticket counts while its run's lock is held,
so the place in line is a pure function of the folders and the dead never block the living.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from trainer.locks import is_locked, take_lock

_TICK = 0.1  # seconds


class Place(NamedTuple):
    """`number` 1 is next; `busy` says whether another run has the device now."""

    device: str
    number: int
    busy: bool


def device_of(config: Mapping[str, Any]) -> str | None:
    """The line that a run with this config stands in: "cpu", or "cuda0" for all GPUs of a machine.

    None for a job of SLURM, which has lines of its own. Needs no torch.
    """
    if config.get("engine") == "slurm":
        return None
    wanted = str(config.get("device", "auto"))
    if wanted == "auto":
        hidden = os.environ.get("CUDA_VISIBLE_DEVICES", "0") in ("", "-1")
        wanted = "cuda" if shutil.which("nvidia-smi") and not hidden else "cpu"
    return "cuda0" if wanted.startswith(("cuda", "gpu")) else "cpu"


def device_lock(runs: Path, device: str) -> Path:
    return runs / f".device-{device}.lock"


def join_line(run_path: Path, device: str, *, anew: bool = False) -> Path:
    """The run's ticket, made unless it has one. Call it while run.lock is held.

    `anew` goes to the end of the line, whatever an earlier attempt left behind.
    """
    line = run_path.parent / f".line-{device}"
    line.mkdir(exist_ok=True)
    for ticket in _tickets(line):
        if _owner(ticket) == run_path.name:
            if not anew:
                return ticket
            ticket.unlink(missing_ok=True)
    # A clock that was set back lets nobody in before those who wait already.
    last = max((int(ticket.name.partition("-")[0]) for ticket in _tickets(line)), default=0)
    ticket = line / f"{max(time.time_ns(), last + 1):020d}-{run_path.name}"
    ticket.touch()
    return ticket


def place_in_line(run_path: Path) -> Place | None:
    """Where the run waits, or None when it stands in no line."""
    for line in run_path.parent.glob(".line-*"):
        living = [ticket for ticket in _tickets(line) if _lives(ticket)]
        for number, ticket in enumerate(living, start=1):
            if _owner(ticket) == run_path.name:
                device = line.name.removeprefix(".line-")
                return Place(device, number, is_locked(device_lock(run_path.parent, device)))
    return None


def try_device(ticket: Path) -> int | None:
    """The device's lock when the ticket is first in line and the device is free, else None."""
    for other in _tickets(ticket.parent):
        if other == ticket:
            break
        if _lives(other):
            return None
        other.unlink(missing_ok=True)
    device = ticket.parent.name.removeprefix(".line-")
    return take_lock(device_lock(ticket.parent.parent, device), patience=0.05)


def wait_for_device(run_path: Path, device: str, unwanted: Callable[[], bool]) -> int | None:
    """Stand in line; the device's lock, or None where the wait became unwanted first."""
    ticket = join_line(run_path, device)
    try:
        while not unwanted():
            descriptor = try_device(ticket)
            if descriptor is not None:
                return descriptor
            time.sleep(_TICK)
        return None
    finally:
        ticket.unlink(missing_ok=True)


def _tickets(line: Path) -> list[Path]:
    return sorted(path for path in line.glob(f"{'[0-9]' * 20}-*") if path.is_file())


def _owner(ticket: Path) -> str:
    return ticket.name.partition("-")[2]


def _lives(ticket: Path) -> bool:
    return is_locked(ticket.parent.parent / _owner(ticket) / "run.lock")
