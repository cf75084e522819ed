"""What a person wrote survives a zip; only what really names machine, folders and user does not."""

from __future__ import annotations

import io
import json
import socket
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from trainer import scrub
from trainer.events import EventWriter
from trainer.notes import notes, write_notes
from trainer.pack import pack
from trainer.runs import Run, create_run
from trainer.scrub import Scrubber

WORDS = (
    "<b>Warm</b>", "and/or", "1/2", "</b>", "km/h", "/ciao/", "http://a.b/c", "/ciao/a tutti/",
    "e/o (s/n)", "//", "a /b/c d", "https://x.org/tmp/anna/home/anna/x", "~", "/tmp", "- /s/ -",
)  # fmt: skip
TEXT = st.one_of(
    st.text(),
    st.text(alphabet="ab1/.~<>:-_ \n\"'"),
    st.lists(st.sampled_from(WORDS)).map(" ".join),
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("HOME", "/anna")
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(scrub.getpass, "getuser", lambda: "annamaria")
    monkeypatch.setattr(socket, "gethostname", lambda: "annas-laptop")
    return create_run({"preset": "nano"}, [], run_id="mine")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(text=TEXT)
def test_a_text_without_names_of_the_machine_survives(run: Run, text: str) -> None:
    assume("/anna" not in text.replace("home/anna", "").replace("tmp/anna", ""))
    assume("~/" not in text)
    scrubber = Scrubber(run)
    for clean in (scrubber.prose, scrubber.paths, scrubber.places):
        assert clean(text) == text


def test_words_survive_a_zip_in_notes_events_and_log(run: Run) -> None:
    said = " ".join(WORDS)
    write_notes(run, notes("<b>Warm</b>", said, ["and/or"]))
    with EventWriter(run.events, 1) as events:
        events.write("sample", step=1, translations=[{"src": said, "out": said, "ref": said}])
        events.write("alert", message=said)
    run.log.write_text(said, "utf-8")
    with zipfile.ZipFile(io.BytesIO(pack(run))) as archive:
        kept = json.loads(archive.read("notes.json"))
        lines = [json.loads(line) for line in archive.read("events/0001.jsonl").splitlines()]
        log = archive.read("log.txt").decode()
    assert (kept["name"], kept["note"], kept["tags"]) == ("<b>Warm</b>", said, ["and/or"])
    assert lines[0]["translations"] == [{"src": said, "out": said, "ref": said}]
    assert lines[1]["message"] == log == said


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("in /anna", "in ~"),
        ("'/anna/texts/a.tsv'", "'a.tsv'"),
        ("/rooted and /annabel stay", "/rooted and /annabel stay"),
        ("file /usr/lib/x.py of ~/diary", "file x.py of diary"),
        ("--data=/home/bruno/x.tsv:20", "--data=x.tsv:20"),
        ("on annas-laptop by annamaria", "on host by someone"),
    ],
)
def test_a_path_becomes_the_name_of_its_file(run: Run, text: str, left: str) -> None:
    assert Scrubber(run).prose(text) == left
