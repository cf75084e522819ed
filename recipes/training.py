"""Runs of the trainer for as long as there is time, in one process or several side by side."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trainer.folder import Run
from trainer.launch import launch
from trainer.options import command_line
from trainer.presets import resolve
from trainer.runs import request, status
from trainer.task_settings import TASKS_OF

LIVES = ("queued", "running", "stopping")
FALL = 0.8  # of its time, when a run whose updates are not done is asked to finish


def start(out: Path, name: str, preset: str, **changes: Any) -> Run:
    """Launch the run `out/name/name`: a folder of runs each, so that none waits for another.

    Where a GPU is, its step is compiled.
    """
    if resolve(preset, changes).task in TASKS_OF["compile"]:
        changes.setdefault("compile", shutil.which("nvidia-smi") is not None)
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["DAWN_RUNS"] = str(folder.absolute())
    config = resolve(preset, changes)
    return launch(config.to_dict(), command_line(preset, changes), run_id=name)


def until_over(runs: Sequence[Run], seconds: float) -> None:
    """Wait for runs and their exports; after most of the time they are asked to finish, after all
    of it to stop."""
    began = time.monotonic()
    asked = {"finish": FALL * seconds, "stop": seconds}
    while any(status(run).state in LIVES for run in runs):
        for wish, when in list(asked.items()):
            if time.monotonic() - began >= when:
                del asked[wish]
                for run in runs:
                    if status(run).state in LIVES:
                        request(run, wish)
        time.sleep(0.3)
    for run in runs:
        state = status(run)
        print(f"{run.id}: {state.state} at step {state.step}. {state.reason}", flush=True)
