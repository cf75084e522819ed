"""A run is a folder: its name, its parts, its spec.

spec.json                      what was asked for; never changed afterwards
run.lock                       held by the supervisor as long as the run lives; its text is
                               the number of the attempt
proc-0001.json exit-0001.json  the trainer of an attempt, and how it ended
events/ log.txt control/ checkpoints/ snapshots/ export/
notes.json                     a person's name, note and tags for it (trainer/notes.py)
imported.json                  only in a run that came out of a zip (trainer/unpack.py)
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import secrets
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trainer.records import read_record, write_record

SCHEMA = 1
IMPORTED = "imported.json"
_ROOT = Path(__file__).resolve().parents[1]
SHIPPED = _ROOT / "assets" / "runs"
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_RESERVED = frozenset(("data",))  # uploads live in runs/data/
_PACKAGES = ("torch", "pytorch-lightning", "tokenizers", "safetensors", "numpy", "sacrebleu")


class RunError(ValueError):
    """One sentence for a person about a run that cannot be made, found or asked."""


@dataclass(frozen=True)
class Run:
    """One run folder. `spec` is empty and `problem` a sentence when spec.json cannot be read."""

    path: Path
    spec: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    problem: str | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def config(self) -> dict[str, Any]:
        """The resolved training config, empty when the spec is broken."""
        config: dict[str, Any] = self.spec.get("config", {})
        return config

    @property
    def created(self) -> float:
        """When the run was made, in seconds since 1970; the folder's own time without a spec."""
        created = self.spec.get("created")
        if isinstance(created, int | float):
            return float(created)
        try:
            return self.path.stat().st_mtime
        except OSError:
            return 0.0  # the folder was removed meanwhile

    @property
    def origin(self) -> str:
        """Where it comes from: "own", "imported" out of a zip, or "shipped" with Dawn."""
        if self.path.parent == shipped_folder():
            return "shipped"
        return "imported" if (self.path / IMPORTED).exists() else "own"

    @property
    def read_only(self) -> bool:
        """Whether it is only to be looked at: it was not trained here and cannot go on here."""
        return self.origin != "own"

    @property
    def events(self) -> Path:
        return self.path / "events"

    @property
    def log(self) -> Path:
        return self.path / "log.txt"

    @property
    def lock(self) -> Path:
        return self.path / "run.lock"

    @property
    def control(self) -> Path:
        return self.path / "control"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def snapshots(self) -> Path:
        return self.path / "snapshots"

    @property
    def export(self) -> Path:
        return self.path / "export"

    def process_record(self, attempt: int) -> Path:
        return self.path / f"proc-{attempt:04d}.json"

    def exit_record(self, attempt: int) -> Path:
        return self.path / f"exit-{attempt:04d}.json"


def runs_folder() -> Path:
    """Where runs live: DAWN_RUNS, else runs/ beside the code. It may not exist yet."""
    return Path(os.environ.get("DAWN_RUNS") or _ROOT / "runs").expanduser().absolute()


def shipped_folder() -> Path:
    """The runs that come with Dawn, read-only. It may not exist."""
    return SHIPPED


def new_id(config: Mapping[str, Any]) -> str:
    """A readable id that nobody has: preset, UTC time, four random digits."""
    preset = re.sub(r"[^a-z0-9]+", "-", str(config.get("preset") or "run").lower()).strip("-")
    moment = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    return f"{preset[:40] or 'run'}-{moment}-{secrets.token_hex(2)}"


def checked_id(run_id: str) -> str:
    """`run_id` itself. Raises RunError for one that is no plain folder name."""
    if not ID.fullmatch(run_id) or run_id in _RESERVED:
        raise RunError(
            f"{run_id[:80]!r} cannot name a run: use up to 80 letters, digits, '-' and '_', "
            "beginning with a letter or digit, and not 'data'."
        )
    return run_id


def make_folder(run_id: str) -> Path:
    """Make the run's empty folder. Raises FileExistsError if it is there, else RunError."""
    runs = runs_folder()
    try:
        runs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(runs, error) from error
    try:
        os.mkdir(runs / checked_id(run_id))
    except FileExistsError:
        raise
    except OSError as error:
        raise unwritable(runs, error) from error
    return runs / run_id


def write_spec(
    path: Path,
    config: Mapping[str, Any],
    argv: Sequence[str],
    data: Mapping[str, str] | None = None,
) -> Run:
    """Complete a fresh folder: subfolders, then spec.json in one piece. Raises RunError."""
    spec = {
        "schema": SCHEMA,
        "config": dict(config),
        "argv": [Path(argv[0]).name, *argv[1:]] if argv else [],
        "engine": {"kind": config.get("engine", "local")},
        "seed": config.get("seed"),
        "git": _git_revision(),
        "packages": _versions(),
        "data": dict(data or {}),
        "created": time.time(),
    }
    run = Run(path, spec)
    try:
        for folder in (run.events, run.control, run.checkpoints, run.snapshots):
            folder.mkdir(exist_ok=True)
        write_record(path / "spec.json", spec)
    except OSError as error:
        raise unwritable(path, error) from error
    return run


def load_run(path: Path) -> Run:
    """The run in `path`, with a `problem` instead of an exception when its spec is broken."""
    spec = read_record(path / "spec.json")
    if spec is None or not isinstance(spec.get("config"), dict):
        return Run(path, {}, "Its spec.json is missing or broken, so it cannot be read.")
    if spec.get("schema") != SCHEMA:
        return Run(path, {}, "Its spec.json was written by another version of Dawn.")
    return Run(path, spec)


def unwritable(path: Path, error: OSError) -> RunError:
    """What to tell a person when the disk refuses `path`."""
    return RunError(
        f"Cannot write to {path} ({error.strerror or error}): free some space there, or set "
        "DAWN_RUNS to a folder that you can write to."
    )


def _git_revision() -> str | None:
    command = ["git", "-C", str(_ROOT), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        answer = subprocess.run(
            [*command, "--exclude=*"], capture_output=True, text=True, timeout=5, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() or None


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def remedy_for(bundle: Path) -> str:
    """What helps where a bundle is broken; a run out of a zip has nothing to export it from."""
    return "import it again" if (bundle.parent / IMPORTED).exists() else "export it again"


def in_run_words(said: str, bundle: Path) -> str:
    """A sentence about a bundle with the run's name, since all of them are called export, and with
    what helps there."""
    name = bundle.parent.name if bundle.name == "export" else bundle.name
    said = said.replace(f"'{bundle.name}'", f"'{name}'")
    return said.replace("export it again", remedy_for(bundle))
