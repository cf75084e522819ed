"""Tokenizers that are trained here: each in a child process, kept on disk by what was asked for."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pages.ui import background
from trainer.folder import runs_folder
from trainer.records import read_record

if TYPE_CHECKING:
    from trainer.vocabularies import VocabularySpec

_SHA256 = re.compile("[0-9a-f]{64}")
SIZES, FILE = "sizes.json", "tokenizer.json"


def folder_of(spec: VocabularySpec) -> Path:
    """Where the tokenizers of a spec are kept."""
    return runs_folder() / "cache" / "tokenizers" / spec.name


def result(spec: VocabularySpec) -> Mapping[str, Any] | None:
    """What was measured, None until it is done."""
    found = read_record(folder_of(spec) / SIZES)
    return found if found and (folder_of(spec) / FILE).is_file() else None


def start(spec: VocabularySpec) -> None:
    """Start the child process, unless it runs already. Raises OSError where the disk refuses."""
    told, folder = json.dumps(asdict(spec)), folder_of(spec)
    command = [sys.executable, "-m", "trainer.vocabularies", told, str(folder)]
    background.start(folder / SIZES, command)


def stop(spec: VocabularySpec) -> None:
    """End the child process; nothing of it is kept."""
    background.stop(folder_of(spec) / SIZES)


def progress(spec: VocabularySpec) -> tuple[str, float, float] | None:
    """What the child process says, its share done and its seconds; None while none runs."""
    found = background.progress(folder_of(spec) / SIZES)
    if found is None:
        return None
    try:
        told = json.loads(found[0])
        return str(told["words"]), float(told["share"]), found[1]
    except (ValueError, LookupError, TypeError):
        return "Starting", 0.0, found[1]


def problem(spec: VocabularySpec) -> str | None:
    """The last words of a child process that failed, else None."""
    return background.problem(folder_of(spec) / SIZES)


def keep_text(raw: bytes) -> Path:
    """An uploaded text beside the runs, by its sha256. Raises OSError."""
    target = _texts() / f"{hashlib.sha256(raw).hexdigest()}.txt"
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_suffix(".part")
        beside.write_bytes(raw)
        beside.replace(target)
    return target


def kept_text(sha256: str) -> Path | None:
    """A text that was uploaded here; None where none is called so."""
    path = _texts() / f"{sha256}.txt"
    return path if _SHA256.fullmatch(sha256) and path.is_file() else None


def _texts() -> Path:
    return runs_folder() / "data" / "texts"
