"""What the benches set Dawn beside: packages in folders of their own, not in its environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bench.server import ROOT

CACHE = Path(os.environ.get("DAWN_BENCH_CACHE") or ROOT / ".scratch" / "bench")


def missing(what: str, folder: Path, requirements: str) -> SystemExit:
    """Says what is not there and the command that installs it."""
    return SystemExit(
        f"{what}: install it with {sys.executable} -m pip install --no-deps --target {folder} "
        f"-r {requirements}"
    )
