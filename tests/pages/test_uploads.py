"""A person's own training text: checked, kept under its sha256, nothing left behind."""

from __future__ import annotations

import gzip
import hashlib
import os
import resource
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.uploads import keep_upload
from trainer.corpora import DataError, load_corpus
from trainer.folder import RunError

ROOT = Path(__file__).resolve().parents[2]
PAIRS = "the house\tla casa\nè bello\tit is fine\n".encode()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs" / "data"


@pytest.mark.parametrize("raw", [PAIRS, gzip.compress(PAIRS, mtime=0)])
def test_a_sound_text_is_kept_as_it_is_under_its_sha256(raw: bytes, data: Path) -> None:
    path, corpus = keep_upload("mine.tsv", raw)
    assert path.parent == data
    assert path.name.partition(".")[0] == hashlib.sha256(raw).hexdigest() == corpus.sha256
    assert path.read_bytes() == raw
    assert (
        load_corpus(str(path)).pairs
        == corpus.pairs
        == [
            ("the house", "la casa"),
            ("è bello", "it is fine"),
        ]
    )
    assert keep_upload("again.tsv", raw)[0] == path
    assert [file.name for file in data.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"one column\nand no tab\n", "no line has a tab"),
        ("perch\u00e9\tcaff\u00e8\n".encode("latin-1"), "not UTF-8"),
        ("a\tb\n".encode("utf-16"), "UTF-8"),
        (b"\tonly a target\nonly a source\t\n", "no usable pair"),
        (gzip.compress(PAIRS)[:-9], "broken gzip"),
    ],
)
def test_what_is_no_list_of_pairs_is_one_sentence_and_leaves_nothing(
    raw: bytes, word: str, data: Path
) -> None:
    with pytest.raises(DataError) as told:
        keep_upload("mine.tsv", raw)
    assert word in str(told.value)
    assert "“mine.tsv”" in str(told.value)
    assert str(data) not in str(told.value)
    assert list(data.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path / "file" / "runs"))
    with pytest.raises(RunError, match="set DAWN_RUNS"):
        keep_upload("mine.tsv", PAIRS)


def test_an_uploaded_text_can_be_trained_on(data: Path) -> None:
    at = AppTest.from_file(str(ROOT / "pages/train/training.py"), default_timeout=60).run()
    at.file_uploader(key="form.file").upload("mine.tsv", PAIRS, "text/tab-separated-values").run()
    assert not at.exception
    next(button for button in at.button if "2 pairs" in button.label).click().run()
    assert not at.exception
    (kept,) = data.iterdir()
    assert at.multiselect(key="form.nano.data").value == [str(kept)]
    assert f"--data={kept}" in at.code[0].value


def test_a_bad_upload_is_answered_on_the_page(data: Path) -> None:
    at = AppTest.from_file(str(ROOT / "pages/train/training.py"), default_timeout=60).run()
    at.file_uploader(key="form.file").upload("mine.tsv", b"no tab", "text/plain").run()
    assert not at.exception
    assert "no line has a tab" in at.warning[0].value
    assert at.multiselect(key="form.nano.data").value == ["libreoffice-help"]


def test_a_full_disk_is_one_sentence_and_leaves_nothing(data: Path) -> None:
    data.mkdir(parents=True)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(RunError, match="free some space"):
            keep_upload("mine.tsv", PAIRS * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(data.iterdir()) == []


@pytest.mark.parametrize("raw", [PAIRS, b"no tab"])
def test_a_file_is_read_once_and_again_only_if_its_copy_is_gone(raw: bytes, data: Path) -> None:
    at = AppTest.from_file(str(ROOT / "pages/train/training.py"), default_timeout=60).run()
    at.file_uploader(key="form.file").upload("mine.tsv", raw, "text/plain").run()
    stamps = [os.stat(place).st_mtime_ns for place in (data, *data.iterdir())]
    said = [warning.value for warning in at.warning]
    at.number_input(key="form.nano.steps").set_value(700).run()
    assert stamps == [os.stat(place).st_mtime_ns for place in (data, *data.iterdir())]
    assert said == [warning.value for warning in at.warning]
    for kept in data.iterdir():
        kept.unlink()
    at.run()
    assert not at.exception
    assert len(list(data.iterdir())) == (raw == PAIRS)
