"""A packed run tells all that it should and nothing of the machine; it comes back read-only."""

from __future__ import annotations

import io
import json
import os
import re
import socket
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from trainer import scrub
from trainer.__main__ import main
from trainer.archive import belongs
from trainer.bin import delete
from trainer.events import EventReader, EventWriter
from trainer.export import record_example
from trainer.hand_in import hand_in
from trainer.launch import launch, resume
from trainer.locks import is_locked, take_lock
from trainer.notes import Notes, notes, read_notes, write_notes
from trainer.pack import pack
from trainer.presets import resolve
from trainer.records import write_record
from trainer.runs import Run, RunError, create_run, list_runs, open_run, status
from trainer.unpack import unpack
from transformer.bundle import Bundle, bundle_hash, load_bundle, save_bundle
from transformer.config import ModelConfig
from transformer.model import Transformer
from transformer.tokenizer import train_bpe

CORPUS = {"pairs": 20, "sha256": "0" * 64, "licence": None, "dropped": {"no tab": 1}}
DATA = {"train": 15, "valid": 5, "too_long": 0}
HOST, USER = "annas-laptop", "annamaria"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    torch.manual_seed(1)
    tokenizer = train_bpe(["the sun is red", "il sole è rosso"], 280)
    size = len(tokenizer)
    config = ModelConfig(
        size, size, encoder_layers=1, decoder_layers=1, d_model=16, d_ff=16, heads=2, max_tokens=60
    )
    return Bundle(Transformer(config), tokenizer, tokenizer, ("en", "it"), {"title": "Mine"})


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of somebody with names that can be looked for."""
    folder = tmp_path / USER
    (folder / "my texts").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("DAWN_RUNS", str(folder / "runs"))
    monkeypatch.setattr(scrub.getpass, "getuser", lambda: USER)
    monkeypatch.setattr(socket, "gethostname", lambda: HOST)
    return folder


@pytest.fixture
def run(home: Path, bundle: Bundle) -> Run:
    """A run that failed at its second attempt and says in many places where it was."""
    text = home / "my texts" / "pairs.tsv"
    config = resolve("nano", {"data": f"{text}:20,libreoffice-help", "start_from": f"{home}/old"})
    argv = ["python", "-m", "trainer", "run", f"--data={text}", "--start-from", "~/old"]
    run = create_run(config.to_dict(), argv, run_id="mine", data={str(text): "0" * 64})
    write_notes(run, notes("Warmer", f"See {home}/diary.txt", ["lesson"]))
    write_record(run.path / "data.json", DATA | {"corpora": [{"name": str(text)} | CORPUS]})
    write_record(run.path / "decided.json", {"precision": "bf16", "parts": 2})
    for attempt in (1, 2):
        process = {"attempt": attempt, "pid": 7, "boot_id": "b-o-o-t", "host": f"{HOST}.local"}
        write_record(run.process_record(attempt), process | {"device": "cpu", "began": 5.0})
        ended = {"attempt": attempt, "code": 1, "seconds": 30.0, "supervisor": HOST}
        write_record(run.exit_record(attempt), ended)
        with EventWriter(run.events, attempt) as events:
            events.write("resume", step=0, from_step=0)
            events.metric(1, {"train/loss": 9.0, "lr": float("nan")})
            lines = [{"src": "to /be or\n/not", "out": "è", "ref": f"{home}/x"}]
            events.write("sample", step=1, translations=lines)
            why = f"'{text}' was not found on {HOST} by {USER}, nor /opt/text\n/srv/other."
            events.write("end", outcome="failed", reason=why)
    with open(run.events / "0002.jsonl", "a") as torn:
        torn.write(f'garbage {home}\n{{"schema":1, "torn": "{home}')
    run.log.write_text(
        f'  File "{home}/.venv/lib/x.py", line 3, in f\n{HOST} {USER} ~/my https://x.org/a/b\n'
    )
    (run.checkpoints / "step=1.ckpt").write_bytes(b"x")
    run.lock.write_text("0002\n")
    np.savez(run.snapshots / "step=00000001.npz", a=np.zeros(3))
    save_bundle(run.export, bundle, extras={"card.md": f"# {HOST}\n", "metrics.jsonl": "{}\n"})
    record_example(run.export)
    return run


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_zip_tells_nothing_of_machine_folders_and_user(run: Run, home: Path) -> None:
    files = members(pack(run))
    for name, data in files.items():
        for secret in (HOST, USER, str(home), str(home.parent), "b-o-o-t", "/opt/", "/srv/"):
            assert secret.encode() not in data, (name, secret)
        assert belongs(name)
    told = b" ".join(data for name, data in files.items() if name.endswith(("on", "jsonl", "txt")))
    assert not re.search(rb"(?<![\w.:/~<])/(?!be or|not)\w", told)


def test_a_zip_tells_nothing_of_a_cluster(home: Path) -> None:
    options = {"engine": "slurm", "partition": "annas-lab", "sbatch": "account=anna"}
    argv = ["python", "-m", "trainer", "run", *(f"--{n}={v}" for n, v in options.items())]
    made = create_run(resolve("nano", options).to_dict(), argv, run_id="job")
    with zipfile.ZipFile(io.BytesIO(pack(made))) as files:
        spec = json.loads(files.read("spec.json"))
    assert spec["argv"] == [*argv[:4], "--engine=slurm"]
    assert spec["config"] == resolve("nano", {"engine": "slurm"}).to_dict()


def test_a_zip_holds_all_but_checkpoints(run: Run) -> None:
    files = members(pack(run))
    there = {p.relative_to(run.path).as_posix() for p in run.path.rglob("*") if p.is_file()}
    kept = there - {"checkpoints/step=1.ckpt"}
    assert files.keys() == kept | {"dawn-run.json"}
    spec = json.loads(files["spec.json"])
    assert spec["config"]["data"] == "pairs.tsv:20,libreoffice-help"
    assert spec["config"]["start_from"] == "old"
    assert spec["argv"][-3:] == ["--data=pairs.tsv", "--start-from", "old"]
    assert spec["data"] == {"pairs.tsv": "0" * 64}
    assert json.loads(files["data.json"])["corpora"][0]["name"] == "pairs.tsv"
    assert b'x.py", line 3, in f\nhost someone my https://x.org/a/b' in files["log.txt"]
    sample = json.loads(files["events/0001.jsonl"].splitlines()[2])["translations"][0]
    assert sample == {"src": "to /be or\n/not", "out": "è", "ref": "~/x"}


def test_it_comes_back_as_it_stood_and_read_only(run: Run) -> None:
    before, told = status(run), EventReader(run.events).read()
    data, identity = pack(run), bundle_hash(run.export)
    delete(run)
    back = unpack(io.BytesIO(data))
    assert (back.id, back.origin, back.read_only) == ("mine", "imported", True)
    assert [found.id for found in list_runs()] == ["mine"]
    now = status(back)
    assert (now.state, now.attempt, now.step) == (before.state, before.attempt, before.step)
    assert now.reason == "'pairs.tsv' was not found on host by someone, nor text\nother."
    assert len(EventReader(back.events).read()) == len(told)
    assert read_notes(back) == Notes("Warmer", "See diary.txt", ("lesson",))
    assert bundle_hash(back.export) == identity
    load_bundle(back.export)
    with pytest.raises(RunError, match="is imported, so it cannot go on here: clone it"):
        resume(back)
    assert launch(back.config, [], run_id="mine") == back
    assert not is_locked(back.lock)
    again = unpack(io.BytesIO(pack(back)), "copy")
    assert again.id == "copy"
    assert status(again) == now


def test_a_lost_run_stays_lost(run: Run) -> None:
    (run.events / "0002.jsonl").unlink()
    run.exit_record(2).unlink()
    assert status(run).state == "lost"
    back = unpack(io.BytesIO(pack(run)), "copy")
    assert (status(back).state, status(back).attempt) == ("lost", 2)


def test_a_prepared_run_stays_prepared_and_cannot_be_launched(home: Path) -> None:
    data = pack(create_run({"preset": "nano"}, [], run_id="mine"))
    back = unpack(io.BytesIO(data), "copy")
    assert status(back).attempt == 0
    launch(back.config, [], run_id="copy", trainer=["false"], exporter=["false"])
    assert status(back).attempt == 0


def test_a_living_run_and_a_broken_one_are_not_packed(run: Run) -> None:
    holder = take_lock(run.lock)
    with pytest.raises(RunError, match="has not ended yet"):
        pack(run)
    assert holder is not None
    os.close(holder)
    (run.path / "spec.json").write_text("{")
    with pytest.raises(RunError, match="missing or broken"):
        pack(open_run("mine"))


@pytest.mark.parametrize("config", ["{", "[]", "\udc80", "[" * 100_000])
def test_a_broken_bundle_is_left_out(run: Run, config: str) -> None:
    (run.export / "config.json").write_bytes(config.encode("utf-8", "surrogateescape"))
    data = pack(run)
    assert not [name for name in members(data) if name.startswith("export/")]
    assert unpack(io.BytesIO(data), "copy").id == "copy"


def test_the_command_line_packs_and_unpacks(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["pack", "mine"]) == 0
    assert main(["pack", "mine"]) == 2
    assert "name another one with --out" in capsys.readouterr().err
    assert main(["unpack", "mine.zip"]) == 2
    assert "There is a run named 'mine' already" in capsys.readouterr().err
    assert main(["unpack", "mine.zip", "--as", "hers"]) == 0
    assert main(["unpack", "mine.zip", "--as", "../hers"]) == 2
    assert main(["unpack", "nowhere.zip"]) == 2
    assert sorted(run.id for run in list_runs()) == ["hers", "mine"]


def test_a_machine_named_like_a_preset_leaves_settings_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "nano")
    run = create_run(resolve("nano", {}).to_dict(), ["python", "--preset", "nano"], run_id="mine")
    run.log.write_text("nano is slow\n")
    files = members(pack(run))
    assert json.loads(files["spec.json"])["config"] == run.config
    assert files["log.txt"] == b"host is slow\n"


def test_a_shared_run_can_be_handed_in(run: Run, tmp_path: Path) -> None:
    with EventWriter(run.events, 3) as events:
        events.write("resume", step=1, from_step=1)
        values = {"epoch/loss": 3.4, "epoch/nll": 2.0, "epoch/share": 1.0, "epoch": 0}
        events.metric(9, values)
    back = unpack(io.BytesIO(pack(run)), "copy")
    assert "3.400" in (hand_in(back, tmp_path / "out") / "README.md").read_text()
