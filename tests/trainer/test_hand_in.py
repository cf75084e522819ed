"""The assignment's final loss is the mean over an epoch, and says so where it is not."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from trainer.events import EventWriter
from trainer.hand_in import MODEL, hand_in, hand_in_zip
from trainer.notes import notes, write_notes
from trainer.runs import Run, RunError, create_run

ARGV = ["/somewhere/python", "-m", "trainer", "run", "--data=my file.tsv"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path))
    return create_run({"preset": "lesson", "label_smoothing": 0.1}, ARGV, run_id="mine")


def epoch(number: int, loss: float, share: float) -> dict[str, float]:
    return {"epoch/loss": loss, "epoch/nll": loss - 1, "epoch/share": share, "epoch": number}


def tell(run: Run, *told: tuple[int, dict[str, float]], attempt: int = 1, start: int = 0) -> None:
    with EventWriter(run.events, attempt) as events:
        events.write("resume", step=start, from_step=start)
        for step, values in told:
            events.metric(step, values)


def text_of(run: Run) -> str:
    return (hand_in(run, run.path / "hand-in") / "README.md").read_text()


def test_the_last_whole_epoch_counts(run: Run) -> None:
    tell(
        run,
        (1, {"train/loss": 9.0}),
        (10, epoch(0, 4.0, 1.0)),
        (20, epoch(1, 3.25, 1.0)),
        (23, epoch(2, 2.5, 0.3)),
    )
    text = text_of(run)
    assert "**3.250** (mean of train/loss over epoch 2, per target token" in text
    assert "epoch 3 was cut short and does not count" in text
    assert "label smoothing 0.1; NLL 2.250" in text
    assert "python -m trainer run '--data=my file.tsv'" in text
    assert "/somewhere" not in text
    folder = run.path / "hand-in"
    assert (folder / "model.py").read_bytes() == MODEL.read_bytes()
    log = [json.loads(line) for line in (folder / "training-log.jsonl").read_text().splitlines()]
    assert [point["step"] for point in log] == [1, 10, 20, 23]


def test_an_epoch_cut_short_by_the_steps_is_named(run: Run) -> None:
    tell(run, (7, epoch(0, 4.125, 0.35)))
    assert "**4.125**" in text_of(run)
    assert "the run was over after 35% of that epoch's batches" in text_of(run)


def test_what_a_resume_went_back_behind_does_not_count(run: Run) -> None:
    tell(run, (10, epoch(0, 4.0, 1.0)), (20, epoch(1, 1.0, 1.0)))
    tell(run, (20, epoch(1, 3.0, 1.0)), attempt=2, start=15)
    assert "**3.000**" in text_of(run)
    log = (run.path / "hand-in" / "training-log.jsonl").read_text().splitlines()
    assert len(log) == 2


def test_before_an_epoch_there_is_nothing_to_hand_in(run: Run) -> None:
    tell(run, (1, {"train/loss": 9.0}))
    with pytest.raises(RunError, match="has not ended an epoch yet"):
        hand_in(run, run.path / "hand-in")
    assert not (run.path / "hand-in").exists()


def test_what_is_no_hand_in_is_not_written_over(run: Run, tmp_path: Path) -> None:
    tell(run, (5, epoch(0, 3.2, 1.0)))
    mine = tmp_path / "mine-too"
    assert hand_in(run, hand_in(run, mine)) == mine
    (mine / "README.md").write_text("# My project")
    with pytest.raises(RunError, match="new folder"):
        hand_in(run, mine)
    assert (mine / "README.md").read_text() == "# My project"


def test_it_says_all_that_a_reader_asks(run: Run, tmp_path: Path) -> None:
    write_notes(run, notes("Warmer", "More | dropout."))
    tell(run, (1, {"train/loss": 9.0}), (2, {"train/loss": float("nan")}), (5, epoch(0, 3.2, 1.0)))
    with EventWriter(run.events, 2) as events:
        events.write("resume", step=5, from_step=5)
        events.metric(6, {"val/nll": 2.75, "val/bleu": 0.0})
        lines = [
            {"src": "<b>hi</b> | you", "out": "ciao\ntu", "ref": "ciao"},
            {"src": "a", "out": "b"},
        ]
        events.write("sample", step=6, translations=lines)
        events.write("alert", step=6, message="", hardware="3 cores of an abacus")
    text = text_of(run)
    assert "Held out: NLL **2.750** per target token, BLEU 0.0," in text
    assert "| &lt;b&gt;hi&lt;/b&gt; \\| you | ciao tu | ciao |" in text
    assert "| `label_smoothing` | 0.1 |" in text
    assert "| `d_model` | **256** |" in text  # the lesson's is 512
    assert str(run.spec["git"] or "not recorded") in text
    assert "torch 2." in text
    assert "3 cores of an abacus" in text
    assert "More \\| dropout." in text
    picture = ElementTree.parse(run.path / "hand-in" / "curve.svg").getroot()
    assert "held-out NLL" in [element.text for element in picture]
    assert str(tmp_path) not in text


def test_the_zip_holds_the_same(run: Run) -> None:
    tell(run, (5, epoch(0, 3.2, 1.0)))
    text_of(run)
    with zipfile.ZipFile(io.BytesIO(hand_in_zip(run))) as archive:
        for path in (run.path / "hand-in").iterdir():
            assert archive.read(f"hand-in-mine/{path.name}") == path.read_bytes()
    assert set(archive.namelist()) == {
        f"hand-in-mine/{name}"
        for name in ("README.md", "curve.svg", "model.py", "training-log.jsonl")
    }


def test_a_config_that_leaves_a_default_out_is_handed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path))
    run = create_run({"preset": "nano"}, ARGV, run_id="bare")
    tell(run, (10, epoch(0, 4.0, 1.0)))
    assert "label smoothing 0.1;" in text_of(run)
