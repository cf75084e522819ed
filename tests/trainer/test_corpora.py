import gzip
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from trainer import corpora
from trainer.corpora import FOLDER, SHIPPED, DataError, load_corpus, load_data

ROOT = Path(__file__).parents[2]
GOOD = "the cat\til gatto\nthe dog\til cane\n"


def write(folder: Path, content: bytes | str, name: str = "pairs.tsv") -> str:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


@pytest.mark.parametrize(
    ("name", "pairs"), [("bible-web-diodati", 30375), ("libreoffice-help", 38523)]
)
def test_shipped_corpora_load_whole(name: str, pairs: int) -> None:
    corpus = load_corpus(name)
    assert len(corpus.pairs) == pairs
    assert corpus.dropped == {}
    assert corpus.licence == SHIPPED[name]
    assert corpus.sha256 in (FOLDER / "README.md").read_text()


def test_the_notice_of_the_mozilla_licence_ships() -> None:
    notice = " ".join((FOLDER / "README.md").read_text().replace(">", "").split())
    assert "subject to the terms of the Mozilla Public License, v. 2.0" in notice
    assert "https://mozilla.org/MPL/2.0/" in notice


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_file_plain_or_gzip_whatever_its_name(tmp_path: Path, pack) -> None:
    content = pack(GOOD.encode())
    corpus = load_corpus(write(tmp_path, content, "pairs.txt"))
    assert corpus.pairs == [("the cat", "il gatto"), ("the dog", "il cane")]
    assert corpus.sha256 == hashlib.sha256(content).hexdigest()
    assert corpus.licence is None


def test_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    path = write(tmp_path, b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_corpus(path).pairs == [("the cat", "il gatto"), ("the dog", "il cane")]
    assert load_corpus(path).dropped == {}


def test_further_columns_are_ignored(tmp_path: Path) -> None:
    assert load_corpus(write(tmp_path, "a\tb\tCC-BY 2.0\n")).pairs == [("a", "b")]


def test_a_line_separator_inside_a_sentence_does_not_cut_it(tmp_path: Path) -> None:
    assert load_corpus(write(tmp_path, "a\u2028c\tb\n")).pairs == [("a\u2028c", "b")]


def test_unusable_lines_are_dropped_and_counted(tmp_path: Path) -> None:
    corpus = load_corpus(write(tmp_path, GOOD + "no tab here\n\t solo\nonly\t \n\n"))
    assert len(corpus.pairs) == 2
    assert corpus.dropped == {"no tab": 1, "empty side": 2}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n \r\n", "is empty"),
        (gzip.compress(b""), "is empty"),
        (b"the cat il gatto\nthe dog il cane\n", "no line has a tab"),
        (b"the cat\t\nthe dog\t\n", "has no usable pair, all of its 2 lines"),
        ("ok\tva bene\ncity\tcittà\n".encode("latin-1"), "byte 0xe0 in line 2"),
        ("\ufeffok\tva bene\n".encode() + b"city\tcitt\xe0\n", "byte 0xe0 in line 2"),
        ("the cat\til gatto\n".encode("utf-16"), "byte 0xff in line 1"),
        ("the cat\til gatto\n".encode("utf-16-le"), "zero bytes"),
        (gzip.compress(GOOD.encode())[:-12], "broken gzip"),
        (b"\x1f\x8bnonsense", "broken gzip"),
    ],
)
def test_a_bad_file_gets_one_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(DataError) as caught:
        load_corpus(path)
    message = str(caught.value)
    assert message.startswith(path)
    assert words in message
    assert message.endswith(".")
    assert "\n" not in message


def test_a_missing_file_names_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"not found.*libreoffice-help, opus_books"):
        load_corpus(str(tmp_path / "missing.tsv"))


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 5000])
def test_names_that_no_file_can_have(name: str) -> None:
    with pytest.raises(DataError):
        load_corpus(name)


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder"):
        load_corpus(str(tmp_path))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_rights(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    Path(path).chmod(0)
    with pytest.raises(DataError, match="Permission denied"):
        load_corpus(path)


def test_a_cap_takes_the_same_sample_every_time_and_nests(tmp_path: Path) -> None:
    path = write(tmp_path, "".join(f"a{n}\tb{n}\n" for n in range(100)))
    whole, forty, ten = (load_corpus(path + cap) for cap in ("", ":40", ":10"))
    assert (len(forty.pairs), len(ten.pairs)) == (40, 10)
    assert forty.pairs == load_corpus(f"{path}:40").pairs
    assert set(ten.pairs) < set(forty.pairs)
    assert ten.pairs == [pair for pair in whole.pairs if pair in ten.pairs]
    assert ten.pairs != whole.pairs[:10]
    assert ten.dropped == {"over the cap": 90}
    assert ten.sha256 == whole.sha256
    assert load_corpus(f"{path}:1000").pairs == whole.pairs


def test_a_cap_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="at least 1"):
        load_corpus(write(tmp_path, GOOD) + ":0")


def test_a_cap_that_is_no_number_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="with :number behind it for a cap"):
        load_corpus(write(tmp_path, GOOD) + ":many")


def test_several_with_commas(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    corpora = load_data(f"{path}, libreoffice-help:5,")
    assert [(corpus.name, len(corpus.pairs)) for corpus in corpora] == [
        (path, 2),
        ("libreoffice-help", 5),
    ]


@pytest.mark.parametrize("spec", ["", " , "])
def test_no_name_at_all(spec: str) -> None:
    with pytest.raises(DataError, match="No training text is named"):
        load_data(spec)


# The hub's library reads its environment when it is imported, so each case is a process of its own.
LOAD = """
import sys
from trainer.corpora import DataError, load_corpus
try:
    corpus = load_corpus(sys.argv[1])
    print(corpus.name, corpus.pairs, corpus.dropped)
except DataError as error:
    print("DataError", error)
"""


def load_offline(spec: str, cache: Path) -> str:
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", LOAD, spec],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def fill_cache(cache: Path, column: str = "translation") -> None:
    """What a download of the lesson's corpus would have left behind, in small."""
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    repository = cache / "datasets--Helsinki-NLP--opus_books"
    folder = repository / "snapshots" / ("0" * 40) / "en-it"
    folder.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0" * 40)
    rows = [{"en": "The cat", "it": "Il gatto"}, {"en": "", "it": "Niente"}]
    table = pyarrow.table({"id": ["0", "1"], column: rows})
    parquet.write_table(table, folder / "train-00000-of-00001.parquet")


@pytest.mark.parametrize("spec", ["opus_books", "Helsinki-NLP/opus_books:9", "hf:no/such"])
def test_without_the_hub_nothing_is_put_in_its_place(tmp_path: Path, spec: str) -> None:
    pytest.importorskip("huggingface_hub")
    said = load_offline(spec, tmp_path)
    assert said.startswith("DataError hf:")
    assert "could not be fetched from the Hugging Face hub" in said
    assert "\n" not in said


def test_what_was_downloaded_before_opens_without_the_hub(tmp_path: Path) -> None:
    fill_cache(tmp_path)
    said = load_offline("opus_books", tmp_path)
    assert said == "hf:Helsinki-NLP/opus_books [('The cat', 'Il gatto')] {'empty side': 1}"


def test_a_data_set_of_another_form(tmp_path: Path) -> None:
    fill_cache(tmp_path, column="sentence")
    assert "has no column translation" in load_offline("opus_books", tmp_path)


def test_a_small_file_that_unpacks_to_very_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpora, "MOST_UNPACKED", 1 << 20)
    bomb = gzip.compress(b"a\tb\n" * (1 << 18))
    assert len(load_corpus(write(tmp_path, bomb)).pairs) == 1 << 18
    assert len(bomb) < 1 << 13
    with pytest.raises(DataError, match="unpacks to more than 1 MB: give a part of it"):
        load_corpus(write(tmp_path, bomb + gzip.compress(b"c\td\n")))


@pytest.mark.parametrize("spec", ["{}", "{}:1", "bible-web-diodati,{}", "{},bible-web-diodati:5"])
def test_a_comma_in_a_path_is_one_sentence(tmp_path: Path, spec: str) -> None:
    path = write(tmp_path, GOOD, "mine, and yours.tsv")
    with pytest.raises(DataError, match=r"has a comma in its path.*rename or move") as told:
        load_data(spec.format(path))
    assert str(told.value).startswith(path)
