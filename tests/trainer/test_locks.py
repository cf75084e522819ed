"""A file system without locks is refused for training, and no obstacle to looking."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from trainer import locks
from trainer.locks import is_locked, take_lock


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
