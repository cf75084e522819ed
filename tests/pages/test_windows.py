"""Looking works where the system has no flock, as on Windows; training says where it works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pages.ui.navigation import STOPS
from tests.pages.training_page import ended_run

ROOT = Path(__file__).resolve().parents[2]
WITHOUT = """
import os, sys
for name in ("fcntl", "resource", "termios"):
    sys.modules[name] = None
for name in ("O_CLOEXEC", "killpg", "pwrite", "getsid", "nice"):
    delattr(os, name)
from streamlit.testing.v1 import AppTest

def opened(file):
    at = AppTest.from_file(file, default_timeout=60)
    at.query_params["model"] = "toy"
    at.query_params["run"] = "ended"
    return at.run()

def press(at, label):
    next(button for button in at.button if button.label == label).click().run()
    assert not at.exception, at.exception
    return at.warning[0].value
"""


def told(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT + script],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.slow
def test_every_page_opens(dawn_runs: Path) -> None:
    files = [stop.path for stop in STOPS]
    out = told(f"for file in {files}:\n    assert not opened(file).exception, file\n")
    assert out == ""


@pytest.mark.parametrize(
    "label", ["Launch", "How long will it take? Measure for five seconds", "Resume"]
)
@pytest.mark.slow
def test_what_would_train_says_where_training_works(dawn_runs: Path, label: str) -> None:
    ended_run("ended")
    script = f"""
at = opened("pages/train/training.py")
said = str([element.proto.body for element in at.get("html")])
assert "failed" in said and "The loss became nan" in said
if "{label}" != "Resume":
    next(button for button in at.button if button.label == "New run").click().run()
print(press(at, "{label}"))
print(press(at, "{label}"))
"""
    first, second = told(script).replace("\u2060", "").splitlines()
    assert first == second
    assert "inside WSL" in first
    assert {path.name for path in dawn_runs.iterdir() if path.is_dir()} == {"toy", "ended"}


def test_a_launch_that_is_refused_leaves_no_folder(dawn_runs: Path) -> None:
    script = """
from trainer.folder import RunError
from trainer.launch import launch
try:
    launch({"preset": "nano"}, ["python"], run_id="new")
except RunError as error:
    print(error)
"""
    assert "inside WSL" in told(script)
    assert not (dawn_runs / "new").exists()
