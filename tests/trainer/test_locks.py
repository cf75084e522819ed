"""Who looks at a lock takes none; without locks nobody trains, and everybody may look."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest

from tests.trainer.posed_runs import CONFIG, Hold
from trainer import locks
from trainer.locks import is_locked, take_lock
from trainer.runs import create_run


def test_without_locks_nobody_holds_one_and_no_descriptor_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int, how: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    path = tmp_path / "run.lock"
    path.touch()
    monkeypatch.setattr(locks.fcntl, "flock", refuse)
    free = os.dup(0)
    os.close(free)
    assert not is_locked(path)
    with pytest.raises(OSError, match="No locks"):
        take_lock(path)
    again = os.dup(0)
    os.close(again)
    assert again == free


def test_a_look_at_the_lock_does_not_take_it(hold: Hold, runs: Path) -> None:
    run = create_run(CONFIG, [])
    assert not is_locked(run.lock) and not run.lock.exists()
    lock = hold(run)
    assert is_locked(run.lock) and take_lock(run.lock, patience=0.0) is None
    lock.close()
    probe = os.open(run.lock, os.O_RDONLY)
    fcntl.flock(probe, fcntl.LOCK_SH)
    assert not is_locked(run.lock)
    os.close(probe)
