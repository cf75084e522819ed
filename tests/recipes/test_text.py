import gzip
import sys
from pathlib import Path

import pytest

from recipes import text
from recipes.translations import sources, usable

PAIRS = [(f"I have {n} red cats.", f"Ho {n} gatti rossi.") for n in range(40)]


def write(folder: Path, name: str, pairs: list[tuple[str, str]]) -> None:
    lines = "".join(f"{source}\t{target}\n" for source, target in pairs)
    (folder / f"{name}.en-it.tsv.gz").write_bytes(gzip.compress(lines.encode()))


def test_nothing_that_is_held_out_is_learned_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither side of a held-out or validation pair, whatever its case and accents."""
    every = {spec.partition(":")[0] for spec in (*text.EVERYDAY, *text.TECHNICAL)}
    for name in (*every, *text.LOWERED):
        write(tmp_path, name, PAIRS)
    for name, pair in zip(text.VALIDATION, PAIRS[:2], strict=True):
        write(tmp_path, name, [(pair[0].upper(), "altro")])
    (tmp_path / "kept.tsv").write_text(f"another\t{PAIRS[2][1].lower()}\n")
    command = ["text", "--data", str(tmp_path), "--held-out", str(tmp_path / "kept.tsv")]
    monkeypatch.setattr(sys, "argv", [*command, "--out", str(tmp_path / "out")])
    text.main()
    assert "everyday: 259 pairs" in capsys.readouterr().out  # 7 named, 37 of 40 pairs each
    learned = set(sources(tmp_path / "out"))
    assert learned.isdisjoint(pair[0] for pair in PAIRS[:3])
    assert {pair[0] for pair in PAIRS[3:]} <= learned
    assert (tmp_path / "out" / "base-tokenizer.json").exists()


def test_a_translation_that_went_wrong_is_left_out() -> None:
    assert usable("The cat sat.", "Il gatto sedeva.")
    assert not usable("The cat sat on the mat.", "")
    assert not usable("The cat sat on the mat.", "gatto " * 30)
