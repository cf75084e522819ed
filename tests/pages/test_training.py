"""The training page: the form, the history, a run alone and through the app; real run folders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from trainer.config import PRESETS
from trainer.events import EventWriter
from trainer.runs import Run, create_run

ROOT = Path(__file__).resolve().parents[2]
PAGE = "pages/train/training.py"


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


def open_page(file: str = PAGE, **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / file), default_timeout=60)
    for name, value in query.items():
        at.query_params[name] = value
    return at.run()


def ended_run(run_id: str = "toy", points: int = 30) -> Run:
    """A run that trained, was validated, and has ended; nothing was ever started."""
    run = create_run(PRESETS["nano"].to_dict(), ["python"], run_id=run_id)
    with EventWriter(run.events, 1) as events:
        events.write("resume", step=0, from_step=0)
        events.phase("training", expect=60, step=0)
        for step in range(1, points + 1):
            loss = float("nan") if step == 20 else 9.0 - step / 10
            events.metric(step, {"train/loss": loss, "train/nll": loss, "lr": 0.0})
        events.metric(points, {"val/nll": 5.5, "val/bleu": 0.0, "val/chrf": 3.0})
        lines = [{"src": "<b>hello</b>", "out": "<script>x</script>", "ref": "ciao"}]
        events.write("sample", step=points, translations=lines)
        events.write("end", outcome="failed", reason="The loss became nan at step 20.")
    run.exit_record(1).write_text('{"code": 0, "seconds": 75.0}')
    return run


def header_of(at: AppTest) -> dict:
    """The header of the blob that the curves were given."""
    for element in at.get("bidi_component"):
        blob = element.proto.bytes
        if b'"panels"' in blob:
            return json.loads(blob[4 : 4 + int.from_bytes(blob[:4], "little")])
    raise AssertionError("no curves were drawn")


def says(at: AppTest) -> str:
    """All that is written on the page, as a person reads it."""
    texts = [e.value for kind in (at.warning, at.info, at.caption, at.markdown) for e in kind]
    texts += [element.proto.body for element in at.get("html")]
    return " ".join(texts).replace("\u2060", "").replace("\\", "")


@pytest.mark.parametrize("file", [PAGE, "app.py"])
def test_the_form_is_shown_alone_and_through_the_router(file: str, runs: Path) -> None:
    at = open_page(file)
    if file == "app.py":
        at.switch_page(PAGE).run()
    assert not at.exception
    assert at.title[0].value == "Watch it learn"
    assert "Launch" in [button.label for button in at.button]


def test_an_ended_run_is_shown_with_its_reason_its_numbers_and_its_words(runs: Path) -> None:
    ended_run()
    at = open_page(run="toy")
    assert not at.exception
    assert "failed" in says(at)
    assert "The loss became nan at step 20." in says(at)
    assert "1 min 15 s" in says(at)
    assert "&lt;script&gt;" in says(at)
    assert "<script>" not in says(at)
    assert header_of(at)["panels"][0]["title"] == "Loss"
    assert "Resume" in [button.label for button in at.button]
