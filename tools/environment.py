"""Make `.venv` and install what Dawn needs; do nothing when that was done before.

    python tools/environment.py requirements-dev.txt

Run by the Makefile with any Python >= 3.11, standard library only. A torch of the pinned version
that this Python already has is used; one that lies in an existing `.venv` is kept.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
NO_PIP = (
    "This Python cannot make virtual environments: install its venv package "
    "(Debian and Ubuntu: sudo apt install python3-venv) and run the command again."
)


class SetupError(Exception):
    """One sentence for the person at the terminal."""


def requirement_lines(path: Path) -> list[str]:
    """The lines of a requirements file and of those it names, comments left out."""
    lines: list[str] = []
    for raw in path.read_text(encoding="utf-8").splitlines():
        line = raw.split("#")[0].strip()
        if line.startswith("-r "):
            lines += requirement_lines(path.parent / line[3:].strip())
        elif line:
            lines.append(line)
    return lines


def pinned(name: str, lines: list[str]) -> str:
    """The version that `name==version` asks for; raises SetupError when there is no such line."""
    for line in lines:
        if match := re.fullmatch(re.escape(name) + r"==([\w.]+)", line):
            return match[1]
    raise SetupError(f"requirements.txt pins no {name}; it needs a line {name}==<version>.")


def has_release(package: str, release: str) -> bool:
    """Whether this Python has that release, whatever its build (`2.13.0+cpu` is `2.13.0`)."""
    try:
        return importlib.metadata.version(package).split("+")[0] == release
    except importlib.metadata.PackageNotFoundError:
        return False


def fingerprint(lines: list[str], root: Path = ROOT) -> str:
    """What the environment was made from: the requirements and the folder it lies in."""
    return hashlib.sha256("\n".join([str(root), *lines]).encode()).hexdigest()


def identity(python: Path | str) -> str | None:
    """Version and base installation of an interpreter; None when it does not run."""
    code = "import sys; print(sys.version_info[:2] >= (3, 11), sys.version, sys.base_prefix)"
    try:
        done = subprocess.run([str(python), "-c", code], capture_output=True, text=True)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def usable(named: bool) -> bool:
    """Whether the `.venv` that is there runs, is new enough and is of the Python asked for."""
    there = identity(VENV_PYTHON)
    if there is None or there.startswith("False"):
        return False
    return not named or there == identity(sys.executable)


def create(torch_release: str) -> None:
    """Make an empty `.venv`, one that sees this Python's packages when its torch fits."""
    options = ["--clear"]
    if has_release("torch", torch_release):
        print(f"Using the installed torch {importlib.metadata.version('torch')}.", flush=True)
        options.append("--system-site-packages")
    if importlib.util.find_spec("ensurepip") is None:
        if importlib.util.find_spec("pip") is None:
            raise SetupError(NO_PIP)
        options.append("--without-pip")
    if subprocess.run([sys.executable, "-m", "venv", *options, str(VENV)]).returncode:
        raise SetupError(NO_PIP)
    if sys.prefix != sys.base_prefix and "--system-site-packages" in options:
        see_packages_of_this_environment()


def see_packages_of_this_environment() -> None:
    """A `.venv` made from inside an environment sees the base's packages: name this one's too."""
    folders = dict.fromkeys(path for path in sys.path if path.startswith(sys.prefix))
    outer = [path for path in folders if Path(path).name == "site-packages"]
    (site_packages() / "outer-environment.pth").write_text("\n".join(outer) + "\n")


def site_packages() -> Path:
    """Where `.venv` keeps its own packages."""
    code = "import sysconfig; print(sysconfig.get_path('platlib'))"
    return Path(subprocess.check_output([str(VENV_PYTHON), "-c", code], text=True).strip())


def drop_half_installed(folder: Path) -> None:
    """Forget packages whose installation was cut off, or pip would take them for complete.

    pip writes a package's INSTALLER after all of its files.
    """
    for info in folder.glob("*.dist-info"):
        if not (info / "INSTALLER").exists():
            shutil.rmtree(info)


def pip_install(*what: str) -> None:
    """Run pip for `.venv`, borrowing this Python's pip when `.venv` has none."""
    own = subprocess.run([str(VENV_PYTHON), "-c", "import pip"], capture_output=True)
    pip = [str(VENV_PYTHON), "-m", "pip"]
    if own.returncode:
        pip = [sys.executable, "-m", "pip", "--python", str(VENV_PYTHON)]
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    options = ["--no-input", "--disable-pip-version-check", *quiet]
    if subprocess.run([*pip, "install", *options, *what], cwd=ROOT).returncode:
        raise SetupError(
            f"pip could not install {' '.join(what)}: see its message above, then run the same "
            "command again; what is already installed is kept."
        )


@contextlib.contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Wait while another set-up of this checkout runs (where the system has file locks)."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def set_up(requirements: str, named: bool) -> None:
    """Bring `.venv` up to what a requirements file asks for."""
    lines = requirement_lines(ROOT / requirements)
    wanted, stamp = fingerprint(lines), VENV / f"{requirements}.installed"
    if stamp.exists() and stamp.read_text() == wanted and usable(named):
        return
    torch_release = pinned("torch", lines)
    if not usable(named):
        print(f"Making .venv with Python {sys.version.split()[0]}.", flush=True)
        create(torch_release)
    stamp.unlink(missing_ok=True)
    drop_half_installed(site_packages())
    print(f"Installing {requirements} (once; a few minutes).", flush=True)
    pip_install(f"torch=={torch_release}")
    pip_install("-r", requirements)
    stamp.write_text(wanted)


def main() -> int:
    parser = argparse.ArgumentParser(description="Make .venv and install what Dawn needs.")
    parser.add_argument("requirements", help="requirements.txt or requirements-dev.txt")
    parser.add_argument("--named", action="store_true", help="this very Python was asked for")
    args = parser.parse_args()
    try:
        with one_at_a_time(ROOT / "requirements.txt"):
            set_up(args.requirements, args.named)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Set-up was interrupted; the same command goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
