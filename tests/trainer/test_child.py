"""A run steps back for the app: in its session, and as a session."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AUTOGROUP = Path("/proc/self/autogroup")
SCRIPT = """
import os
from pathlib import Path
from trainer.child import step_back
step_back(10)
group = Path("/proc/self/autogroup")
print(os.nice(0), *(group.read_text().split()[-1:] if group.exists() else []))
"""


def after_stepping_back(*, own_session: bool) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        start_new_session=own_session,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.mark.skipif(not AUTOGROUP.exists(), reason="the kernel does not group by session")
def test_a_session_of_its_own_steps_back_as_a_whole() -> None:
    assert after_stepping_back(own_session=True) == ["10", "10"]


def test_a_session_of_others_is_left_alone() -> None:
    before = AUTOGROUP.read_text().split()[-1:] if AUTOGROUP.exists() else []  # empty: no group
    assert after_stepping_back(own_session=False) == ["10", *before]
