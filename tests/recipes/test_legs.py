"""The legs that make models, one after the other, on a CPU and with models of a few numbers."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from recipes import base, scores, tiny, training, translations
from trainer.config import TrainConfig
from trainer.event_reader import EventReader
from trainer.presets import resolve
from trainer.runs import load_run, status
from transformer.tokenizer import train_bpe

PAIRS = [(f"I have {n} red cats and a dog.", f"Ho {n} gatti rossi e un cane.") for n in range(120)]
SMALL: dict[str, Any] = {
    "encoder_layers": 1, "decoder_layers": 1, "d_model": 16, "d_ff": 32, "heads": 2, "steps": 6,
    "batch_tokens": 512, "warmup": 2, "valid_pairs": 10, "bleu_pairs": 2, "max_tokens": 64,
    "valid_every": 6, "save_every": 6, "log_every": 1, "workers": 0, "device": "cpu", "threads": 1,
}  # fmt: skip
PATIENCE = 150.0


@pytest.fixture
def text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `recipes.text` leaves, of few words; and every run is a small one."""

    def small(preset: str, changes: dict[str, Any]) -> TrainConfig:
        return resolve(preset, {**changes, **SMALL})

    monkeypatch.setattr(training, "resolve", small)
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path))  # `start` sets it, and it is put back
    folder = tmp_path / "text"
    folder.mkdir()
    lines = "".join(f"{source}\t{target}\n" for source, target in PAIRS).encode()
    for name in ("train", "everyday", "held-out"):
        (folder / f"{name}.tsv.gz").write_bytes(gzip.compress(lines))
    train_bpe((one for pair in PAIRS for one in pair), 300).save(folder / "base-tokenizer.json")
    return folder


@pytest.mark.slow
@pytest.mark.timeout(900)  # runs of several processes, one after the other
def test_each_leg_takes_up_what_the_one_before_it_left(
    text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    base.train(text, out, PATIENCE)
    assert (base.bundle(out) / "model.safetensors").exists()

    monkeypatch.setattr(translations, "PROCESSES", 1)
    monkeypatch.setattr(translations, "usable", lambda source, translation: True)  # of a novice
    translations.write(text, out, PATIENCE)
    with gzip.open(out / translations.FILE, "rt", encoding="utf-8") as file:
        written = [line.split("\t")[0] for line in file]
    assert written == [source for source, _ in PAIRS]

    tiny.train(text, out, PATIENCE)
    (plain, distilled) = (pairs_of(out / name / name) for name in ("tiny-plain", "tiny-distilled"))
    assert distilled == plain + len(PAIRS)

    scores.write(text, out, PATIENCE)
    table = (out / "tiny-distilled" / "tiny-distilled" / "scores.md").read_text("utf-8")
    assert table.count("| held-out |") == 2


def pairs_of(folder: Path) -> int:
    """How many pairs a finished run had to learn from and to hold out."""
    run = load_run(folder)
    assert status(run).state == "finished", run.log.read_text()
    reader = EventReader(run.events)
    reader.read()
    assert len(reader.series("train/loss")[0]) == SMALL["steps"]
    corpora = json.loads((folder / "data.json").read_text())["corpora"]
    return sum(corpus["pairs"] for corpus in corpora)
