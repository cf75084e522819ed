"""A person's words about a run: checked, kept in one piece, and never a path."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trainer.__main__ import main
from trainer.notes import FILE, MOST_NAME, Notes, notes, read_notes, title, write_notes
from trainer.runs import Run, RunError, create_run, list_runs


@pytest.fixture
def run(runs: Path) -> Run:
    return create_run({"preset": "nano"}, [], run_id="mine")


def test_words_are_kept_beside_a_spec_that_stays_as_it_was(run: Run) -> None:
    spec = (run.path / "spec.json").read_bytes()
    words = notes("  Wärmer 👩‍🔬 ", "one\r\ntwo", ["#lesson", "lesson", " more  dropout ", ""])
    assert words == Notes("Wärmer 👩‍🔬", "one\ntwo", ("lesson", "more dropout"))
    write_notes(run, words)
    assert read_notes(run) == words
    assert title(run) == "Wärmer 👩‍🔬"
    assert (run.path / "spec.json").read_bytes() == spec


def test_a_name_is_never_a_path(run: Run) -> None:
    write_notes(run, notes("../../etc/passwd"))
    assert title(run) == "../../etc/passwd"
    assert [found.id for found in list_runs()] == ["mine"]
    assert sorted(p.name for p in run.path.parent.iterdir()) == ["mine"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"name": "x" * (MOST_NAME + 1)}, "81 characters: use 80 at most"),
        ({"name": "two\nlines"}, "U\\+000A"),
        ({"name": "gnp\u202efdp"}, "U\\+202E"),
        ({"name": "half \ud800"}, "U\\+D800"),
        ({"note": "bell\a"}, "U\\+0007"),
        ({"note": "x" * 4001}, "4,001 characters"),
        ({"tags": ["x" * 25]}, "tag has 25"),
        ({"tags": [str(n) for n in range(9)]}, "8 tags"),
    ],
)
def test_what_cannot_be_shown_is_one_sentence(words: dict, says: str) -> None:
    with pytest.raises(RunError, match=says):
        notes(**words)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"name": 5, "note": null, "tags": "x"}', '{"name": "a\\u0000b"}']
)
def test_broken_notes_are_no_notes(run: Run, text: str) -> None:
    (run.path / FILE).write_text(text)
    assert read_notes(run) == Notes()
    assert title(run) == "mine"


def test_one_broken_part_leaves_the_others(run: Run) -> None:
    (run.path / FILE).write_text(json.dumps({"name": "x" * 500, "note": "fine", "tags": [1]}))
    assert read_notes(run) == Notes(note="fine")


def test_the_command_line_names_and_tags(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["note", "mine", "--name", "Warmer", "--tag", "lesson", "--tag", "b"]) == 0
    assert main(["note", "mine", "--note", "With more dropout.", "--untag", "b"]) == 0
    assert read_notes(run) == Notes("Warmer", "With more dropout.", ("lesson",))
    capsys.readouterr()
    assert main(["note", "mine"]) == 0
    assert capsys.readouterr().out == "mine\nWarmer\n#lesson\nWith more dropout.\n"
    assert main(["list"]) == 0
    assert "Warmer  #lesson" in capsys.readouterr().out
    assert main(["note", "mine", "--name", ""]) == 0
    assert read_notes(run).name == ""
    assert main(["note", "mine", "--name", "a\nb"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
