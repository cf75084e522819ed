"""The command line: a mistake is one sentence, results stand alone on standard output."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.trainer.small_runs import as_tsv, word_pairs
from trainer.__main__ import main
from trainer.card import SCORES
from trainer.commands import own_path
from trainer.config import TrainConfig
from trainer.corpora import DataError, load_corpus
from trainer.folder import IMPORTED
from trainer.runs import create_run
from transformer.bundle import Bundle, save_bundle
from transformer.config import ModelConfig
from transformer.model import Transformer
from transformer.tokenizer import train_bpe

PAIRS = word_pairs(12)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained bundle."""
    torch.manual_seed(1)
    tokenizer = train_bpe((text for pair in PAIRS for text in pair), 280)
    config = ModelConfig(
        len(tokenizer), len(tokenizer), encoder_layers=1, decoder_layers=1, d_model=16, d_ff=16,
        heads=2, max_tokens=30,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("models") / "mine"
    bundle = Bundle(Transformer(config), tokenizer, tokenizer, ("en", "it"), {})
    save_bundle(folder, bundle, extras={"card.md": "# Mine\n"})
    return folder


def mistake(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """The one line that a mistake leaves on standard error."""
    try:
        code = main(argv)
    except SystemExit as exit:
        code = exit.code  # type: ignore[assignment]
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    lines = err.splitlines()
    assert len(lines) == 1, err
    return lines[0]


def option(name: str) -> str:
    return "--" + name.replace("_", "-")


def nonsense() -> list[tuple[str, str]]:
    found = []
    for spec in fields(TrainConfig):
        if spec.name == "preset":
            continue
        kind: Any = spec.type
        if spec.type is not str:
            found.append((spec.name, "nonsense"))
        if spec.metadata["choices"]:
            found.append((spec.name, "nonsense"))
        for bound, step in (("min", -1), ("max", 1)):
            if spec.metadata[bound] is not None:
                found.append((spec.name, str(kind(spec.metadata[bound] + step))))
    return [*found, ("rate", "nan"), ("rate", "inf"), ("steps", "1e3"), ("data", "  ")]


@pytest.mark.parametrize(("name", "text"), nonsense())
def test_a_setting_without_sense(
    runs: Path, capsys: pytest.CaptureFixture[str], name: str, text: str
) -> None:
    line = mistake(capsys, "run", f"{option(name)}={text}")
    assert line.startswith(f"run: {name} is ")
    assert line.endswith(".")
    assert not runs.exists()


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (
            ["run", "--preset=huge"],
            "There is no preset 'huge': choose nano, tiny, base,",
        ),
        (["run", "--epochs=3"], "unrecognized arguments: --epochs=3"),
        (["run", "--steps"], "expected one argument"),
        (["run", "--start-from=/nowhere"], "There is no model 'nowhere'"),
        (["fly"], "invalid choice: 'fly'"),
        ([], "required: COMMAND"),
        (["stop", "nobody"], "There is no run named 'nobody'"),
        (["export", "../.."], "cannot name a run"),
        (["translate", "one", "--model=nobody"], "There is no model 'nobody'"),
        (["translate"], "give either a text or --file"),
        (["translate", "one", "--beams=0"], "--beams is 0, but must be between 1 and 64"),
        (["translate", "--file=/nowhere.txt"], "/nowhere.txt cannot be read"),
    ],
)
def test_other_mistakes(
    runs: Path, capsys: pytest.CaptureFixture[str], argv: list[str], sentence: str
) -> None:
    assert sentence in mistake(capsys, *argv)
    assert not runs.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"one cat\ntwo dogs\n", "has one column, no line has a tab"),
        (b"one\t\n\tdue\n", "has no usable pair"),
        (b"perch\xe9\twhy\n", "is not UTF-8 (byte 0xe9 in line 1): save it as UTF-8."),
        (b"", "is empty"),
        (None, "was not found"),
    ],
)
def test_data_without_sense(
    runs: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: bytes | None,
    sentence: str,
) -> None:
    path = tmp_path / "pairs.tsv"
    if content is not None:
        path.write_bytes(content)
    assert sentence in mistake(capsys, "run", f"--data={path}")
    assert not runs.exists()


def test_runs_that_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path / "file" / "runs"))
    line = mistake(capsys, "run", "--detach")
    assert "Cannot write to" in line
    assert "set DAWN_RUNS to a folder that you can write to" in line


def test_files_are_kept_by_their_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.tsv").write_text("a\tb\n")
    assert own_path("own.tsv") == str(tmp_path / "own.tsv")
    assert own_path("own.tsv:100") == f"{tmp_path / 'own.tsv'}:100"
    odd = ("~nobody-of-this-name/own.tsv", "x" * 300, "a\0b")
    for other in ("libreoffice-help:100", "hf:owner/name", "missing.tsv:3", "", *odd):
        assert own_path(other) == other
    for other in odd:
        with pytest.raises(DataError):
            load_corpus(other)


def translated(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, model: Path, data: bytes
) -> list[str]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="ascii"))
    assert main(["translate", "--file", "-", "--model", str(model), "--beams=1"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.endswith("\n")
    return out[:-1].split("\n")


def test_a_line_out_for_each_line_in(
    model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = "one cat\n\n two \u2028 dogs\r\nperché 🙂\n \nsun".encode()
    lines = translated(capsys, monkeypatch, model, data)
    assert len(lines) == 6
    assert (lines[1], lines[4]) == ("", "")
    assert all(len(line.splitlines()) <= 1 for line in lines)
    alone = translated(capsys, monkeypatch, model, b"one cat\n")
    assert alone == lines[:1]


def test_too_long_a_line_is_named(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "text.txt"
    path.write_text("one\n" + "cat " * 100)
    line = mistake(capsys, "translate", "--file", str(path), "--model", str(model))
    assert line.startswith("translate: Line 2 has ")
    path.write_bytes(b"one\n\xff\n")
    line = mistake(capsys, "translate", "--file", str(path), "--model", str(model))
    assert "is not UTF-8 (in line 2)" in line


def test_evaluate_prints_a_table_and_writes_it_once(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "held-out.tsv"
    path.write_text(as_tsv([*PAIRS, ("cat " * 100, "gatto")]))
    argv = ["evaluate", "--data", str(path), "--model", str(model), "--beams=2", "--card"]
    for _ in range(2):
        assert main(argv) == 0
    out, err = capsys.readouterr()
    assert err.splitlines()[0] == f"{path}: 1 pairs are too long for the model."
    table = out[: len(out) // 2].splitlines()
    assert table[0].startswith("| data | pairs | NLL |")
    assert table[2].startswith("| held-out | 12 | ")
    assert "| greedy |" in table[2]
    assert "| beam 2 |" in table[3]
    card = (model / "card.md").read_text()
    assert card.count(SCORES) == 1
    assert card.startswith("# Mine\n")
    assert table[2] in card


def test_it_ends_quietly_where_nobody_reads_on() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "trainer", "list"]
    try:
        create_run({"preset": "nano"}, [], run_id="one")
        ended = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writer)
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_a_broken_model_out_of_a_zip_is_imported_again(
    runs: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = create_run({"preset": "nano"}, [], run_id="hers")
    shutil.copytree(model, run.export)
    (run.export / "model.safetensors").write_bytes(b"cut")
    assert "model 'hers' are missing or cut short: export it again" in mistake(
        capsys, "translate", "--model", "hers", "a"
    )
    (run.path / IMPORTED).write_text("{}")
    said = mistake(capsys, "translate", "--model", "hers", "a")
    assert "import it again" in said and "export it again" not in said
