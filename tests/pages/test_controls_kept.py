"""The small controls of panels: what was chosen is in the address; nonsense there is a notice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
CONTROLS = [  # page, panel, control, its kind, a value, nonsense
    ("positions", "", "pair", "slider", 3, "999"),
    ("positions", "", "position", "slider", 4, "-1"),
    ("positions", "", "shift", "slider", 7, "seven"),
    ("positions", "", "window", "select_slider", 8, "999"),
    ("positions", "", "window", "select_slider", 8, "24"),  # the toy's width
    ("positions", "", "dims", "multiselect", [0, 5], "0.0"),
    ("positions", "stable", "type", "button_group", "bfloat16", "float8"),
    ("positions", "lab", "whose", "button_group", "decoder", "mine"),
    ("tokens", "steps", "way", "button_group", "words", "letters"),
    ("tokens", "train", "kind", "button_group", "unigram", "none"),
    ("tokens", "train", "size", "number_input", 700, "1e9"),
    ("tokens", "train", "text", "selectbox", "bible-web-diodati", "hamlet"),
]


def open_page(page: str, **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / f"pages/words/{page}.py"), default_timeout=60)
    for name, value in ({"model": "toy", "src": "the red car"} | query).items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


@pytest.mark.parametrize(("page", "panel", "name", "kind", "value", "nonsense"), CONTROLS)
def test_a_control_is_in_the_address_and_comes_back_from_it(
    dawn_runs: Path, page: str, panel: str, name: str, kind: str, value: Any, nonsense: str
) -> None:
    def widget(at: AppTest) -> Any:
        return getattr(at, kind)(key=f"{page}.{name}")

    look = {"panel": panel} if panel else {}
    at = open_page(page, **look)
    usual = widget(at).value
    assert usual != value
    widget(at).set_value(value).run()
    link = at.query_params[page]
    assert link.startswith(f"{name}-")
    again = open_page(page, **look, **{page: link})
    assert widget(again).value == value
    widget(again).set_value(usual).run()
    assert page not in again.query_params
    wrong = open_page(page, **look, **{page: f"{name}-{nonsense}"})
    assert widget(wrong).value == usual
    told = [found.value.replace("\\", "") for found in wrong.info]
    assert len(told) == 1 and f"“{name}-{nonsense}”" in told[0]
