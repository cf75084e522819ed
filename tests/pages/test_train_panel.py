"""The panel "Train one here": a child process trains, and the page shows what came of it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.figures.vocabulary_sizes import by_size, short
from pages.ui import background
from pages.ui import vocabulary_jobs as jobs
from tests.pages.blobs import sent
from tests.pages.test_cutting_panel import open_panel
from trainer.vocabularies import VocabularySpec, sweep
from transformer.tokenizer import Tokenizer

SECONDS = 90
ROOT = Path(__file__).resolve().parents[2]


def waited(at: AppTest) -> AppTest:
    end = time.monotonic() + SECONDS
    while not at.get("plotly_chart") and time.monotonic() < end:
        time.sleep(0.3)
        at.run()
    return at


@pytest.mark.slow
def test_a_tokenizer_is_trained_and_cuts_the_sentence(dawn_runs: Path) -> None:
    at = open_panel("train", src="the red car")
    at.button_group(key="tokens.kind").set_value("words").run()
    at.number_input(key="tokens.size").set_value(500).run()
    at.button(key="train.start").click().run()
    waited(at)
    assert not at.exception and len(at.get("plotly_chart")) == 3
    folder = jobs.folder_of(VocabularySpec("words", "libreoffice-help", 500))
    tokenizer = Tokenizer.load(folder / "tokenizer.json")
    header, _ = sent(at, "ways")
    assert [n for _, n in header["ways"][0]["cuts"][0]["pieces"]] == tokenizer.encode(
        "the red car"
    ).ids
    assert header["ways"][0]["sizes"] == [len(tokenizer)] * 2 == [500, 500]
    told = json.loads((folder / "sizes.json").read_text())
    chart = json.loads(at.get("plotly_chart")[0].proto.spec)
    assert len(chart["data"][0]["x"]) == len(told["sizes"])


def test_what_was_trained_before_is_there_at_once(dawn_runs: Path) -> None:
    spec = VocabularySpec("bpe", "libreoffice-help", 4000)
    text = dawn_runs / "text.txt"
    text.write_text("the red car\n" * 30)
    sweep(VocabularySpec("bpe", str(text), 300), jobs.folder_of(spec))
    at = open_panel("train")
    assert len(at.get("plotly_chart")) == 3
    assert any("only enough for" in found.value for found in at.caption)


def test_a_new_run_takes_it(dawn_runs: Path) -> None:
    spec = VocabularySpec("words", "libreoffice-help", 4000)
    text = dawn_runs / "text.txt"
    text.write_text("the red car\n" * 30)
    sweep(VocabularySpec("words", str(text), 300), jobs.folder_of(spec))
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in {"model": "toy", "src": "the red car", "panel": "train"}.items():
        at.query_params[name] = value
    at.run()
    at.switch_page("pages/words/tokens.py").run()
    at.button_group(key="tokens.kind").set_value("words").run()
    at.button(key="train.use").click().run()
    assert not at.exception
    path = at.text_input(key="form.nano.tokenizer_file").value
    assert Tokenizer.load(Path(path or "")).encode("the blue car").ids.count(1) == 1
    assert not at.button(key="form.launch").disabled


def test_a_training_is_stopped_and_nothing_is_kept(dawn_runs: Path) -> None:
    spec = VocabularySpec("unigram", "libreoffice-help", 8000)
    jobs.start(spec)
    assert jobs.progress(spec) is not None
    process = background.jobs()[jobs.folder_of(spec) / jobs.SIZES].process
    jobs.stop(spec)
    assert process.poll() is not None
    assert jobs.progress(spec) is None and jobs.result(spec) is None and jobs.problem(spec) is None


@pytest.mark.parametrize("size", [0, 10_000_000])
def test_a_size_without_sense_is_one_sentence(dawn_runs: Path, size: int) -> None:
    at = open_panel("train")
    at.number_input(key="tokens.size").set_value(size).run()
    assert not at.exception
    assert ["A vocabulary of" in found.value for found in at.warning] == [True]
    assert not at.get("plotly_chart")


def test_a_failure_is_told_in_the_childs_words(dawn_runs: Path) -> None:
    spec = VocabularySpec("bpe", str(dawn_runs / "gone.txt"), 300)
    jobs.start(spec)
    background.jobs()[jobs.folder_of(spec) / jobs.SIZES].process.wait(SECONDS)
    assert (jobs.problem(spec) or "").endswith("upload it again.")


@pytest.mark.parametrize(
    ("raw", "told"),
    [(b"", "is empty"), (b"\x89PNG\x00", "is no text"), (b"x y\n" * 300_000, "")],
)
def test_any_upload_is_taken_or_answered(dawn_runs: Path, raw: bytes, told: str) -> None:
    at = open_panel("train")
    at.selectbox(key="tokens.text").set_value("own").run()
    assert not at.exception and not at.warning
    at.file_uploader(key="train.file").upload("mine.txt", raw, "text/plain").run()
    assert not at.exception
    assert [told in found.value for found in at.warning] == ([True] if told else [])
    assert bool(told) != any(button.key == "train.start" for button in at.button)


def test_a_link_names_a_text_of_ones_own_by_its_content(dawn_runs: Path) -> None:
    raw = b"one cat two dogs"
    at = open_panel("train")
    at.selectbox(key="tokens.text").set_value("own").run()
    at.file_uploader(key="train.file").upload("mine.txt", raw, "text/plain").run()
    link = at.query_params["tokens"]
    assert link == f"text-own~own-{jobs.keep_text(raw).stem}"
    again = open_panel("train", tokens=link)
    assert any(button.key == "train.start" for button in again.button)
    at.query_params["tokens"] = "text-own"  # Back, while the file lies in its box
    at.run()
    assert at.query_params["tokens"] == "text-own"
    at.file_uploader(key="train.file").upload("mine.txt", b"\0", "text/plain").run()
    assert at.query_params["tokens"] == "text-own" and "is no text" in at.warning[0].value
    for nowhere in ("0" * 64, "../../x", "x" * 64):
        gone = open_panel("train", tokens=f"text-own~own-{nowhere}")
        assert not gone.exception and "upload it again" in gone.warning[0].value


def test_an_uploaded_text_is_kept_once(dawn_runs: Path) -> None:
    first = jobs.keep_text(b"hello")
    assert first == jobs.keep_text(b"hello") and first.read_bytes() == b"hello"
    assert first.is_relative_to(dawn_runs)


def test_the_curve_draws_what_was_measured() -> None:
    figure = by_size([300, 2151, 16_000], [4.0, 2.0, 1.5], "Tokens per word", ".2f")
    assert list(figure.data[0].y) == [4.0, 2.0, 1.5]
    assert [short(size) for size in (300, 2151, 8000, 16_000)] == ["300", "2.2k", "8k", "16k"]
