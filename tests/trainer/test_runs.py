"""A run folder: made whole, found again, and asked."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trainer.posed_runs import CONFIG, Hold, finish
from trainer.launch import resume
from trainer.runs import RunError, create_run, list_runs, open_run, request, runs_folder, status

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("runs")


def test_a_spec_says_what_was_asked_for() -> None:
    run = create_run(CONFIG, ["/home/me/bin/train", "--preset", "nano"], data={"tiny": "a" * 64})
    spec = json.loads((run.path / "spec.json").read_text())
    assert spec == run.spec == open_run(run.id).spec
    assert spec["schema"] == 1 and spec["config"] == CONFIG and spec["seed"] == 7
    assert spec["argv"] == ["train", "--preset", "nano"] and spec["engine"] == {"kind": "local"}
    assert spec["data"] == {"tiny": "a" * 64} and spec["packages"]["torch"]
    assert re.fullmatch(r"nano-\d{8}-\d{6}-[0-9a-f]{4}", run.id)
    assert str(run.path) not in json.dumps(spec)
    assert sorted(p.name for p in run.path.iterdir()) == [
        "checkpoints", "control", "events", "snapshots", "spec.json",
    ]  # fmt: skip


def test_a_folder_is_made_once() -> None:
    create_run(CONFIG, [], run_id="mine")
    with pytest.raises(RunError, match="already"):
        create_run(CONFIG, [], run_id="mine")


@pytest.mark.parametrize(
    "run_id",
    ["", ".", "..", "../x", "a/b", "/etc", "a\\b", "a\n", "a\0", ".hidden", "data", "x" * 81, "é"],
)
def test_an_id_is_a_plain_name(run_id: str, runs: Path) -> None:
    for call in (open_run, lambda name: create_run(CONFIG, [], run_id=name)):
        with pytest.raises(RunError, match="cannot name a run"):
            call(run_id)
    assert not runs.exists() or list(runs.iterdir()) == []


def test_an_unknown_run_is_one_sentence() -> None:
    with pytest.raises(RunError, match="no run named 'nothing'"):
        open_run("nothing")


def test_a_runs_folder_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path / "file" / "runs"))
    with pytest.raises(RunError, match="DAWN_RUNS"):
        create_run(CONFIG, [])
    assert list_runs() == []


def test_runs_live_beside_the_code_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DAWN_RUNS")
    assert runs_folder() == ROOT / "runs"


def test_the_list_is_tolerant_and_newest_first(runs: Path) -> None:
    first, second = create_run(CONFIG, [], run_id="first"), create_run(CONFIG, [], run_id="second")
    for name in ("notes", "data", ".line-cpu", "odd name"):
        (runs / name).mkdir()
    (runs / "file.txt").write_text("x")
    broken = {
        "torn": '{"schema": 1, "conf',
        "binary": "\x00",
        "list": "[]",
        "deep": "[" * 100_000,
        "other": '{"schema": 99, "config": {}}',
        "noconfig": '{"schema": 1}',
        "badtime": '{"schema": 1, "config": {}, "created": "today"}',
    }
    for name, text in broken.items():
        (runs / name).mkdir()
        (runs / name / "spec.json").write_text(text)
    (runs / "nospec" / "events").mkdir(parents=True)
    found = list_runs()
    assert {run.id for run in found} == {"first", "second", "nospec", *broken}
    ids = [run.id for run in found]
    assert ids.index("second") < ids.index("first")
    assert second.created >= first.created
    for run in found:
        stands = status(run)
        assert stands.reason.endswith(".")
        if run.id in {"nospec", *broken} - {"badtime"}:
            assert (stands.state, run.config) == ("failed", {}) and run.problem


def test_only_a_living_run_can_be_asked(hold: Hold) -> None:
    run = create_run(CONFIG, [])
    with pytest.raises(RunError, match="does not run"):
        request(run, "stop")
    hold(run)
    with pytest.raises(RunError, match="none of these"):
        request(run, "../stop")
    for what in ("save", "sample", "finish", "stop"):
        request(run, what)
        assert (run.control / what).exists()


def test_the_light_parts_need_no_torch() -> None:
    program = (
        "import sys, trainer.events, trainer.launch, trainer.supervise, trainer.keeping\n"
        "heavy = {'torch', 'pytorch_lightning', 'streamlit', 'plotly'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_runs_that_ship_come_last_and_are_read_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = create_run(CONFIG, [], run_id="own")
    shipped_to = tmp_path / "with Dawn"
    shipped_to.mkdir()
    monkeypatch.setattr("trainer.folder.SHIPPED", shipped_to)
    for name in ("own", "lesson"):  # made after "own", so newer
        finish(create_run(CONFIG, [], run_id=f"{name}-ships"))
        (runs_folder() / f"{name}-ships").rename(shipped_to / name)
    assert [run.id for run in list_runs()] == ["own", "lesson"]
    assert open_run("own") == own
    assert not own.read_only
    lesson = open_run("lesson")
    assert lesson.origin == "shipped"
    assert lesson.read_only
    assert status(lesson).state == "finished"
    assert [run.id for run in list_runs(runs_folder())] == ["own"]
    with pytest.raises(RunError, match="is shipped, so it cannot go on here: clone it"):
        resume(lesson)
