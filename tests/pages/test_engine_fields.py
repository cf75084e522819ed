"""The engine of a run in the form: only what it knows is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from trainer.engine_settings import ENGINES_OF

PAGE = Path(__file__).resolve().parents[2] / "pages" / "train" / "training.py"


@pytest.fixture
def form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path / "runs"))
    return AppTest.from_file(str(PAGE), default_timeout=60).run()


def shown(form: AppTest) -> set[str]:
    keys = {widget.key for widget in (*form.number_input, *form.text_input, *form.selectbox)}
    return {name for name in ENGINES_OF if f"form.nano.{name}" in keys}


def test_a_setting_is_asked_for_where_its_engine_knows_it(form: AppTest) -> None:
    assert shown(form) == set()
    form.selectbox(key="form.nano.engine").select("torchrun").run()
    assert shown(form) == {"processes", "nodes", "parallel"}
    form.number_input(key="form.nano.processes").set_value(4).run()
    assert "--processes=4" in form.code[-1].value
    form.selectbox(key="form.nano.engine").select("slurm").run()
    assert shown(form) == set(ENGINES_OF)
    form.selectbox(key="form.nano.engine").select("local").run()
    assert shown(form) == set() and "--processes" not in form.code[-1].value
    assert not next(button for button in form.button if button.label == "Launch").disabled
    form.selectbox(key="form.nano.engine").select("torchrun").run()
    form.selectbox(key="form.nano.parallel").select("fsdp").run()
    assert "has nobody to share with" in form.warning[-1].value
