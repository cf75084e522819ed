"""What sees: vision encoders with three ways from patch to vector, CNNs with ever more groups.

All learn from the same scenes of emoji as Noto draws them; scored on others, and on Twemoji's.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from recipes.training import start, until_over
from trainer.folder import Run

STEPS = 12_000
SCENES = 200_000
ENCODERS = {f"vision-{way}": {"projection": way} for way in ("linear", "convolution", "cnn")}
NETWORKS: dict[str, dict[str, Any]] = {
    f"cnn-{groups}": {"eyes": "cnn", "groups": groups} for groups in (1, 4, 8, 32)
}


def train(text: Path, out: Path, seconds: float) -> None:
    """Leave a run for each of them in `out`."""
    store(out)
    until_over([begin(name, out) for name in (*ENCODERS, *NETWORKS)], seconds)


def store(out: Path) -> None:
    """Compose the scenes once for all runs."""
    folder = out / "scenes"
    command = [sys.executable, "-m", "trainer.stored_scenes", str(folder), "--count", str(SCENES)]
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    subprocess.run(command, check=True, env={**os.environ, **one_thread})
    os.environ["DAWN_SCENES"] = str(folder.absolute())


def begin(name: str, out: Path) -> Run:
    """One of them, launched."""
    changes = ENCODERS.get(name) or NETWORKS[name]
    return start(
        out,
        name,
        "scenes",
        steps=STEPS,
        rate=1.5e-3 if name in ENCODERS else 2.5e-3,
        ema=0.998,
        log_every=20,
        valid_every=STEPS // 4,
        save_every=STEPS,
        **changes,
    )
