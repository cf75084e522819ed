"""The scores of all that was trained, on what none has seen: a `scores.md` beside each run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HELD_OUT = ("held-out.tsv.gz", "valid-flores200-dev.en-it.tsv.gz")


def write(text: Path, out: Path, seconds: float) -> None:
    """Evaluate every export in `out`, all side by side; those done in the time are there."""
    data = ",".join(str(text / name) for name in HELD_OUT if (text / name).exists())
    command = [sys.executable, "-m", "trainer", "evaluate", "--data", data, "--model"]
    going = []
    for config in sorted(out.glob("**/export/config.json")):
        with (config.parents[1] / "scores.md").open("w", encoding="utf-8") as file:
            going.append(subprocess.Popen([*command, str(config.parent)], stdout=file))
    for process in going:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
