"""The pure functions of assets/components/curves/main.js, in node where node is there."""

import shutil
import subprocess
from pathlib import Path

import pytest

TESTS = Path(__file__).with_name("curves.test.mjs")


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_pure_functions_of_the_learning_curves():
    run = subprocess.run(
        ["node", "--test", str(TESTS)], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
