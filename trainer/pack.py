"""A run into a zip to share: settings, events, log, samples, notes and its model.

Without checkpoints, and without a word of the machine, its folders and its user.
"""

from __future__ import annotations

import io
import json
import os
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trainer.archive import (
    ARRAYS,
    EVENTS,
    FORMAT,
    MANIFEST,
    MOST_BYTES,
    MOST_FILES,
    RECORDS,
    SCHEMA,
    WEIGHTS,
    belongs,
)
from trainer.event_format import MAX_LINE, parse_line
from trainer.folder import Run, RunError, unwritable
from trainer.records import read_record
from trainer.scrub import Scrubber
from trainer.status import status

_KEPT = {  # of records that say more than others need
    "spec": ("schema", "config", "argv", "engine", "seed", "git", "packages", "data", "created"),
    "proc": ("attempt", "engine", "device", "began"),
    "exit": (
        "attempt", "code", "signal", "stop_requested", "escalated", "reason", "ended", "seconds",
    ),
}  # fmt: skip


def pack_into(run: Run, target: Path) -> Path:
    """Write the run's zip to `target`. Raises RunError where a file is there already."""
    if target.exists():
        raise RunError(f"There is a file {target} already: name another one with --out.")
    data = pack(run)
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)
        os.replace(beside, target)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        beside.unlink(missing_ok=True)
    return target


def pack(run: Run) -> bytes:
    """The run as a zip. Raises RunError while it lives, and where it cannot be read."""
    if run.problem:
        raise RunError(f"The run {run.id} cannot be packed: {run.problem}")
    if status(run).alive:
        raise RunError(f"The run {run.id} has not ended yet: stop it, or wait, before you pack it.")
    names = [name for name in _names(run.path) if name != MANIFEST]
    total = sum((run.path / name).stat().st_size for name in names)
    if len(names) >= MOST_FILES or total > MOST_BYTES:
        raise RunError(
            f"The run {run.id} has {len(names):,} files of {total / 1e6:,.0f} MB in all, which is "
            "too much for one zip: remove some of its snapshots."
        )
    buffer = io.BytesIO()
    moment = max(time.gmtime(run.created)[:6], (1980, 1, 1, 0, 0, 0))
    scrubber = Scrubber(run)
    manifest = {"format": FORMAT, "schema": SCHEMA, "id": run.id, "packed": time.time()}
    with zipfile.ZipFile(buffer, "w") as target:
        for name, data in [(MANIFEST, _json(manifest)), *_contents(run, names, scrubber)]:
            info = zipfile.ZipInfo(name, moment)
            info.external_attr = 0o100644 << 16
            dense = WEIGHTS.fullmatch(name) or ARRAYS.fullmatch(name)
            info.compress_type = zipfile.ZIP_STORED if dense else zipfile.ZIP_DEFLATED
            target.writestr(info, data)
    return buffer.getvalue()


def _names(folder: Path) -> list[str]:
    """The files that a zip of the run may hold; a bundle whose config is broken is left out."""
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    names = sorted(name for path in paths if belongs(name := path.relative_to(folder).as_posix()))
    if read_record(folder / "export" / "config.json") is None:  # no model without it
        return [name for name in names if not name.startswith("export/")]
    return names


def _contents(run: Run, names: list[str], scrubber: Scrubber) -> Iterator[tuple[str, bytes]]:
    for name in names:
        path = run.path / name
        if RECORDS.fullmatch(name):
            record = read_record(path)
            if record is not None:
                yield name, _json(_scrubbed(name, record, scrubber))
        elif EVENTS.fullmatch(name):
            yield name, _events(path.read_bytes(), scrubber)
        elif name in ("log.txt", "export/card.md"):
            yield name, scrubber.prose(path.read_text("utf-8", errors="replace")).encode("utf-8")
        elif name == "export/config.json":
            yield name, _unless_clean(path.read_bytes(), scrubber)
        else:
            yield name, path.read_bytes()


def _scrubbed(name: str, record: dict[str, Any], scrubber: Scrubber) -> dict[str, Any]:
    kind = name.partition(".")[0].partition("-")[0]
    if kind in _KEPT:
        record = {key: record[key] for key in _KEPT[kind] if key in record}
    if kind == "spec":
        record = _without_cluster(record)
    if isinstance(record.get("engine"), dict):
        record = record | {"engine": {"kind": record["engine"].get("kind")}}
    cleaned: dict[str, Any] = scrubber.value(
        record, scrubber.prose if kind in ("exit", "notes") else scrubber.paths
    )
    return cleaned


def _without_cluster(spec: dict[str, Any]) -> dict[str, Any]:
    """A spec without what it asked a cluster for: partitions and accounts are somebody's names."""
    known = {name: "" for name in ("partition", "sbatch") if name in spec["config"]}
    told = tuple(f"--{name}" for name in known)
    argv = [word for word in spec.get("argv", []) if word.partition("=")[0] not in told]
    return spec | {"config": spec["config"] | known, "argv": argv}


def _events(data: bytes, scrubber: Scrubber) -> bytes:
    """The events of a file; what is none of ours is left out, and so is what they tell of us."""
    lines = []
    for line in data.split(b"\n")[:-1]:
        event = parse_line(line) if len(line) <= MAX_LINE else None
        if event is None:
            continue
        if scrubber.suspects(line.decode("utf-8", "replace")):
            record = json.loads(line)
            # What a model translated is no path of ours, even where it looks like one.
            clean = scrubber.places if event.kind == "sample" else scrubber.prose
            record |= {key: scrubber.value(value, clean) for key, value in event.fields.items()}
            line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode(
                "utf-8", "replace"
            )
        lines.append(line + b"\n")
    return b"".join(lines)


def _unless_clean(data: bytes, scrubber: Scrubber) -> bytes:
    """A bundle's config; its bytes are part of the model's identity and stay where they can."""
    record = json.loads(data)
    cleaned = scrubber.value(record, scrubber.paths)
    return data if cleaned == record else _json(cleaned)


def _json(record: dict[str, Any]) -> bytes:
    return (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "replace")
