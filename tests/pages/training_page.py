"""The training page as a person uses it, and a run that it can show."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from trainer.events import EventWriter
from trainer.presets import PRESETS
from trainer.runs import Run, create_run

ROOT = Path(__file__).resolve().parents[2]
PAGE = "pages/train/training.py"


def open_page(file: str = PAGE, **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / file), default_timeout=60)
    for name, value in query.items():
        at.query_params[name] = value
    return at.run()


def press(at: AppTest, label: str) -> AppTest:
    return next(button for button in at.button if button.label == label).click().run()


def says(at: AppTest) -> str:
    """All that is written on the page, as a person reads it."""
    texts = [e.value for kind in (at.warning, at.info, at.caption, at.markdown) for e in kind]
    texts += [element.proto.body for element in at.get("html")]
    return " ".join(texts).replace("\u2060", "").replace("\\", "")


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


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
