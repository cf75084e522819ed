"""What is said where the bench lacks bertviz or its scripts, and which files answer for a CDN's."""

from __future__ import annotations

import io
import sys
import tarfile
from pathlib import Path

import pytest

from bench import bertviz_views
from bench.bertviz_views import SCRIPTS, require_bertviz, scripts
from bench.server import ROOT


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and no npm unless the test brings one."""
    monkeypatch.setattr(bertviz_views, "CACHE", tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def archived(folder: Path, package: str, name: str, text: str) -> None:
    """What `npm pack` writes, with one file in it."""
    folder.mkdir(exist_ok=True)
    with tarfile.open(folder / f"{package}.tgz", "w:gz") as files:
        entry = tarfile.TarInfo(f"package/{name}")
        entry.size = len(text)
        files.addfile(entry, io.BytesIO(text.encode()))


def all_archived(folder: Path) -> None:
    for package, name in SCRIPTS.values():
        archived(folder, package, name, f"the script of {package}")


def npm(cache: Path, script: str) -> None:
    program = cache / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_without_bertviz_a_sentence_tells_the_command(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "bertviz", None)
    with pytest.raises(SystemExit, match="pip install --no-deps --target") as raised:
        require_bertviz()
    assert str(cache / "python") in str(raised.value)
    assert (ROOT / str(raised.value).split(" -r ")[1]).exists()


def test_each_address_is_answered_by_the_file_of_its_package(cache: Path) -> None:
    all_archived(cache / "npm")
    assert scripts() == {
        end: f"the script of {package}".encode() for end, (package, _) in SCRIPTS.items()
    }


def test_without_npm_a_sentence_asks_for_it() -> None:
    with pytest.raises(SystemExit, match="install npm"):
        scripts()


def test_npm_fetches_only_what_is_missing(cache: Path) -> None:
    all_archived(cache / "made")
    archived(cache / "npm", "d3-5.7.0", "dist/d3.min.js", "there before")
    npm(cache, f'echo "$@" >{cache}/asked; /bin/cp {cache}/made/[jr]*.tgz .')
    assert scripts()["d3/5.7.0/d3.min.js"] == b"there before"
    asked = (cache / "asked").read_text().split()
    assert asked[-2:] == ["requirejs@2.3.6", "jquery@2.1.0"]


def test_what_npm_says_is_passed_on_and_nothing_half_is_left(cache: Path) -> None:
    npm(cache, "echo half >d3-5.7.0.tgz; echo npm error code ENOTFOUND >&2; exit 1")
    with pytest.raises(SystemExit, match=r"npm error code ENOTFOUND$"):
        scripts()
    assert list((cache / "npm").iterdir()) == []


def test_a_broken_archive_is_named(cache: Path) -> None:
    all_archived(cache / "npm")
    broken = cache / "npm" / "d3-5.7.0.tgz"
    broken.write_bytes(broken.read_bytes()[:40])
    with pytest.raises(SystemExit, match=r"d3-5\.7\.0\.tgz cannot be read"):
        scripts()
