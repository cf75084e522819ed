"""A zip that `pack` would not have written is refused with one sentence, and leaves nothing."""

from __future__ import annotations

import io
import json
import math
import os
import pickle
import stat
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trainer import unpack as unpack_module
from trainer.archive import MOST_FILES
from trainer.events import EventReader, EventWriter
from trainer.pack import pack
from trainer.presets import PRESETS
from trainer.runs import RunError, create_run, list_runs
from trainer.unpack import unpack

Files = dict[str, bytes]
pytestmark = pytest.mark.usefixtures("runs")


class Payload:
    """Unpickled, it would make a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.mkdir, (str(self.target),)


@pytest.fixture
def files(runs: Path) -> Files:
    """What is in the zip of a sound run, which is not there any more."""
    create_run(PRESETS["nano"].to_dict(), ["python"], run_id="mine")
    with zipfile.ZipFile(io.BytesIO(pack(list_runs()[0]))) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    (runs / "mine").rename(runs.parent / "elsewhere")
    return found


def zipped(files: Files, *more: tuple[zipfile.ZipInfo | str, bytes]) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*files.items(), *more]:
            archive.writestr(name, data)
    return buffer


def refused(file: io.BytesIO, runs: Path) -> str:
    """The sentence; nothing may be left behind, inside the runs folder or beside it."""
    before = sorted(runs.parent.rglob("*"))
    with pytest.raises(RunError) as caught:
        unpack(file)
    assert sorted(runs.parent.rglob("*")) == before
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_sound_one_is_imported(files: Files, runs: Path) -> None:
    folders = [("events/", b""), ("export/", b"")]  # as other programs write them
    assert unpack(zipped(files, *folders)).id == "mine"
    assert [path.name for path in runs.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    "name",
    [
        "../evil.json",
        "events/../../evil.jsonl",
        "/etc/evil.json",
        "C:\\evil.json",
        "events\\0001.jsonl",
        "export/model.pt",
        "export/model.pkl",
        "checkpoints/step=1.ckpt",
        "control/stop",
        "imported.json",
        "export/../spec.json",
        "proc-12345.json",
        "spec.json\n",
        "notes.json/",
        "run.py",
    ],
)
def test_a_file_that_no_run_has_is_refused(name: str, files: Files, runs: Path) -> None:
    said = refused(zipped(files, (name, b"{}")), runs)
    assert "which is no file of a run: it is not unpacked" in said


def test_a_link_is_refused(files: Files, runs: Path) -> None:
    link = zipfile.ZipInfo("log.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "'log.txt', which is no file of a run" in refused(
        zipped(files, (link, b"/etc/passwd")), runs
    )


def test_two_files_of_one_name_are_refused(files: Files, runs: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = zipped(files, ("spec.json", files["spec.json"]))
    assert "two files of one name" in refused(twice, runs)


def test_a_pickle_is_refused_whatever_it_is_called(
    files: Files, runs: Path, tmp_path: Path
) -> None:
    evil = pickle.dumps(Payload(tmp_path / "done"))
    buffer = io.BytesIO()
    objects = np.array([Payload(tmp_path / "done")], dtype=object)
    np.savez(buffer, a=objects)
    for name, data in (
        ("export/model.safetensors", evil),
        ("export/model.safetensors", len(evil).to_bytes(8, "little") + evil),
        ("export/example.npz", evil),
        ("export/example.npz", buffer.getvalue()),
        ("snapshots/step=00000001.npz", buffer.getvalue()),
        ("export/config.json", evil),
        ("run.lock", evil),
    ):
        refused(zipped(files, (name, data)), runs)
    assert not (tmp_path / "done").exists()


def test_a_bomb_is_refused_without_being_unpacked(
    files: Files, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = zipped(files, *((f"events/{n:04d}.jsonl", b"") for n in range(MOST_FILES)))
    assert "more than a run does" in refused(many, runs)
    monkeypatch.setattr(unpack_module, "MOST_BYTES", 15 << 20)
    zeros = bytes(8 << 20)
    large = zipped(files, *((f"events/{n:04d}.jsonl", zeros) for n in range(2)))
    assert len(large.getvalue()) < 1 << 20
    assert "more than a run does" in memory(large, runs, most=2 << 20)


def test_a_bomb_that_lies_about_its_size_is_not_expanded(files: Files, runs: Path) -> None:
    zeros = bytes(25_000_001)
    data = bytearray(zipped(files, ("log.txt", zeros)).getvalue())
    told = len(zeros).to_bytes(4, "little")
    for _ in range(2):  # in front of the file, and in the list at the end
        place = data.index(told)
        data[place : place + 4] = (10).to_bytes(4, "little")
    lying = io.BytesIO(bytes(data))
    assert "no zip that can be read" in memory(lying, runs, most=8 << 20)


def memory(file: io.BytesIO, runs: Path, most: int) -> str:
    """`refused`, and no more than `most` bytes were needed to see it."""
    tracemalloc.start()
    try:
        said = refused(file, runs)
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()
    return said


def test_arrays_that_would_fill_the_memory_are_refused(files: Files, runs: Path) -> None:
    head = io.BytesIO()
    claim = {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
    np.lib.format.write_array_header_1_0(head, claim)
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.npy", head.getvalue())
    said = refused(zipped(files, ("export/example.npz", inner.getvalue())), runs)
    assert "broken 'export/example.npz'" in said


def test_what_is_no_zip_of_a_run_is_one_sentence(files: Files, runs: Path) -> None:
    whole = zipped(files).getvalue()
    assert "no zip that can be read" in refused(io.BytesIO(b""), runs)
    assert "no zip that can be read" in refused(io.BytesIO(b"PK" * 500), runs)
    assert "no zip that can be read" in refused(io.BytesIO(whole[: len(whole) // 2]), runs)
    assert "is not the zip of a run" in refused(zipped({"a.txt": b"hello"}), runs)
    flipped = bytearray(whole)
    flipped[flipped.index(b"spec.json") + 30] ^= 0xFF
    refused(io.BytesIO(bytes(flipped)), runs)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("dawn-run.json", b'{"format": "dawn run", "schema": 99, "id": "mine"}'),
        ("dawn-run.json", b'{"format": "dawn run", "schema": 1, "id": "../mine"}'),
        ("dawn-run.json", b'{"format": "dawn run", "schema": 1, "id": "data"}'),
        ("dawn-run.json", b'{"format": "dawn run", "schema": 1}'),
        ("dawn-run.json", b"[" * 100_000),
        ("spec.json", b"{}"),
        ("spec.json", b'{"schema": 1, "config": {"steps": "many"}, "argv": [], "data": {}}'),
        ("data.json", b'{"corpora": [{"name": "x"}]}'),
        ("exit-0001.json", b'{"seconds": "long"}'),
        ("run.lock", b"99999999999"),
    ],
)
def test_a_record_that_says_nonsense_is_refused(
    name: str, data: bytes, files: Files, runs: Path
) -> None:
    refused(zipped(files | {name: data}), runs)


def test_the_created_time_must_be_one(files: Files, runs: Path) -> None:
    spec = json.loads(files["spec.json"])
    for created in (float("nan"), float("inf"), "now", None):
        odd = json.dumps(spec | {"created": created}).encode()
        assert "broken 'spec.json'" in refused(zipped(files | {"spec.json": odd}), runs)


def test_events_that_are_none_are_left_out(files: Files) -> None:
    head: dict[str, Any] = {
        "schema": 1,
        "attempt": 1,
        "seq": 0,
        "wall": 1.0,
        "mono": 1.0,
        "step": 1,
    }
    sound = {**head, "kind": "metric", "train/loss": 3.0}
    odd = [{**head, "kind": "sample", "translations": told} for told in (5, [5], [{"src": "a"}])]
    line = {"src": "a", "out": "b"}
    odd += [
        {**head, "kind": "sample", "translations": [line], "best": [line]},
        {**head, "kind": "sample", "best": [line | {"chrf": "x"}], "worst": []},
        {**sound, "wall": 10**400},
        {**sound, "mono": float("nan")},
        {**sound, "train/loss": "3"},
        {**sound, "nonfinite": {"train/loss": "nan"}, "train/loss": float("inf")},
        {**sound, "epoch/loss": 3.0, "epoch/nll": 2.0},
        {**sound, "epoch/loss": 3.0, "epoch/nll": 2.0, "epoch": 1, "epoch/share": None},
        {**sound, "step": None},
        {**head, "kind": "resume", "from_step": 10**400},
        {**head, "kind": "phase", "phase": "training", "expect": 10**400},
        {**head, "kind": "alert", "message": "x", "loss_floor": float("inf")},
    ]
    lines = [json.dumps(event).encode() for event in (sound, *odd)]
    data = b"\n".join([*lines, b"garbage", b"x" * (2 << 20), b"torn"])
    run = unpack(zipped(files | {"events/0001.jsonl": data}))
    assert [event.kind for event in EventReader(run.events).read()] == ["metric"]
    assert (run.events / "0001.jsonl").stat().st_size < 1000


def test_what_a_trainer_writes_all_stays(files: Files, tmp_path: Path) -> None:
    with EventWriter(tmp_path, 1) as events:
        events.write("resume", step=0, from_step=0)
        events.phase("training", expect=15.0, step=0, update_seconds=None)
        events.write("alert", step=0, message="On it.", loss_floor=1.2)
        events.metric(1, {"train/loss": math.nan, "epoch": 0, "tokens": 5.0})
        events.metric(2, {"epoch/loss": 3.0, "epoch/nll": 2.0, "epoch/share": 0.5, "epoch": 0})
        events.write("end", outcome="finished", reason="All steps are done.")
    data = events.path.read_bytes()
    run = unpack(zipped(files | {"events/0001.jsonl": data}))
    assert (run.events / "0001.jsonl").read_bytes() == data


def test_the_code_version_is_text(files: Files, runs: Path) -> None:
    spec = json.loads(files["spec.json"])
    strangers: tuple[Any, ...] = (5, [])
    for git in strangers:
        odd = json.dumps(spec | {"git": git}).encode()
        assert "broken 'spec.json'" in refused(zipped(files | {"spec.json": odd}), runs)


def test_a_file_of_arrays_with_too_many_of_them_is_refused(files: Files, runs: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as arrays:
        for number in range(MOST_FILES + 1):
            arrays.writestr(str(number), b"")
    many = {"snapshots/step=00000001.npz": buffer.getvalue()}
    assert "holds a broken" in refused(zipped(files | many), runs)


def test_a_taken_id_is_refused_and_the_run_there_stays(files: Files, runs: Path) -> None:
    mine = create_run({"preset": "nano"}, [], run_id="mine")
    spec = (mine.path / "spec.json").read_bytes()
    assert "There is a run named 'mine' already" in refused(zipped(files), runs)
    assert (mine.path / "spec.json").read_bytes() == spec
    assert unpack(zipped(files), "hers").id == "hers"
