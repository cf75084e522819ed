"""Dawn's trainer as a whole: Lightning, events and all, timed by what its run tells of itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from bench.server import ROOT
from bench.speed.contender import WARM_UP
from trainer.config import TrainConfig
from trainer.events import EventReader
from trainer.runs import create_run

NEVER = 1_000_000  # updates between two validations or checkpoints
GRACE = 120.0  # seconds in which it has to begin


def train(config: TrainConfig, seconds: float) -> dict[str, float]:
    """`seconds`, `updates`, `tgt_tokens` and `memory` of a run, after the updates that warm up.

    Raises RuntimeError with the last line of what it said where it ends by itself.
    """
    steps = replace(config, steps=NEVER, log_every=1, valid_every=NEVER, save_every=NEVER)
    with tempfile.TemporaryDirectory(prefix="dawn-whole-") as folder:
        os.environ["DAWN_RUNS"] = folder
        run = create_run(steps.to_dict(), ["bench"], run_id="bench-speed")
        log = Path(folder) / "log.txt"
        with open(log, "wb") as out:
            command = [sys.executable, "-m", "trainer.train", str(run.path)]
            child = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out)
            reader = EventReader(run.events)
            try:
                _until(reader, child, seconds)
            finally:
                if not _over(child):
                    os.kill(child.pid, signal.SIGTERM)  # its way to stop: it saves, and ends
                _, _, usage = os.wait4(child.pid, 0)
        if not _taken(reader)[1:]:
            raise RuntimeError((log.read_text("utf-8").strip().splitlines() or ["?"])[-1])
        return {**_told(reader), "memory": usage.ru_maxrss * 1024.0}


def _over(child: subprocess.Popen[bytes]) -> bool:
    """Whether it has ended; its usage is still to be asked for."""
    how = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, child.pid, how) is not None


def _until(reader: EventReader, child: subprocess.Popen[bytes], seconds: float) -> None:
    """Follow until updates have been told of for so long, or the run is over."""
    began = time.monotonic()
    while not _over(child):
        reader.catch_up()
        taken = _taken(reader)
        if taken and taken[-1] - taken[0] >= seconds:
            return
        if not taken and time.monotonic() - began > GRACE:
            return
        time.sleep(0.2)


def _taken(reader: EventReader) -> list[float]:
    """Seconds since the run's start at which each update was told, those that warm up left out."""
    return [float(value) for value in reader.series("seconds")[1][WARM_UP - 1 :]]


def _told(reader: EventReader) -> dict[str, float]:
    taken = _taken(reader)
    tokens = reader.series("tokens")[1][WARM_UP - 1 :]
    return {
        "seconds": taken[-1] - taken[0],
        "updates": len(taken) - 1.0,
        "tgt_tokens": float(tokens[-1] - tokens[0]),
    }
